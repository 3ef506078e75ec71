# Metal: Macs with Apple's own processor. The shaders are put into the module, so that no file is looked for at run time.
# The first word on a setting is the one that counts.
set(CMAKE_INSTALL_RPATH "@loader_path" CACHE STRING "")
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
set(GGML_METAL ON CACHE BOOL "")
set(GGML_METAL_EMBED_LIBRARY ON CACHE BOOL "")
set(CMAKE_OSX_DEPLOYMENT_TARGET 14.0 CACHE STRING "")
