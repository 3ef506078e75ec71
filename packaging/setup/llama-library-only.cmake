# Builds llama.cpp's inference library alone.
#
# llama-cpp-python turns llama.cpp's "common" library on with FORCE, although it never loads it. That library
# carries an HTTP client. CMake reads this file right after llama.cpp's project() call, where the switch can be
# turned off again: nothing that can open a socket is compiled, and the build takes a third of the time.
set(LLAMA_BUILD_COMMON OFF CACHE BOOL "llama: build common utils library" FORCE)
