# ROCm: AMD, through HIP (ROCm 6.1 or later, with hipBLAS and rocBLAS). Vulkan runs on the same cards and asks for less.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
set(GGML_HIP ON CACHE BOOL "")
# RX 6000 (gfx1030), RX 7000 (gfx1100 to gfx1102), RX 9000 (gfx1200, gfx1201), Instinct (gfx90a, gfx942).
set(CMAKE_HIP_ARCHITECTURES "gfx1030;gfx1100;gfx1101;gfx1102;gfx1200;gfx1201;gfx90a;gfx942" CACHE STRING "")
