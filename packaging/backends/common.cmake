# What every graphics back end has in common: a module that the CPU library beside it loads by its absolute path.
#
# The module is built from the very same source as the wheel and against nothing but ggml-base. Where the driver that it
# wants is not there, it does not load, and the processor remains. llama.cpp's tools, its "common" library with the HTTP
# client, and the RPC back end are left out.
set(CMAKE_BUILD_TYPE Release CACHE STRING "")
set(BUILD_SHARED_LIBS ON CACHE BOOL "")
set(GGML_BACKEND_DL ON CACHE BOOL "")
set(GGML_NATIVE OFF CACHE BOOL "")
set(GGML_CPU OFF CACHE BOOL "")
set(GGML_OPENMP OFF CACHE BOOL "")
set(GGML_RPC OFF CACHE BOOL "")
set(GGML_CCACHE OFF CACHE BOOL "")
set(LLAMA_BUILD_COMMON OFF CACHE BOOL "")
set(LLAMA_BUILD_TESTS OFF CACHE BOOL "")
set(LLAMA_BUILD_TOOLS OFF CACHE BOOL "")
set(LLAMA_BUILD_EXAMPLES OFF CACHE BOOL "")
set(LLAMA_BUILD_SERVER OFF CACHE BOOL "")
set(LLAMA_BUILD_APP OFF CACHE BOOL "")
set(LLAMA_OPENSSL OFF CACHE BOOL "")
# Its own ggml-base is the one that lies beside it, wherever that is.
set(CMAKE_BUILD_WITH_INSTALL_RPATH ON CACHE BOOL "")
set(CMAKE_INSTALL_RPATH "$ORIGIN" CACHE STRING "")
