# Vulkan: most graphics processors on Linux and Windows. Wants glslc, the Vulkan headers and loader, and spirv-headers
# (Debian: glslc, libvulkan-dev, spirv-headers; to run without a graphics processor: mesa-vulkan-drivers).
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
set(GGML_VULKAN ON CACHE BOOL "")
# Debian 12's headers (1.3.239) lack one extension that the back end names; newer ones make this file empty.
set(CMAKE_CXX_FLAGS "-include \"${CMAKE_CURRENT_LIST_DIR}/older-vulkan/layer_settings.hpp\"" CACHE STRING "")
