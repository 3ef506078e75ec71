# CUDA: NVIDIA, through its own toolkit (nvcc 12 or later). The driver library comes with the card's driver; the toolkit's
# cudart and cublas have to be shipped beside the module, or linked statically as here.
include("${CMAKE_CURRENT_LIST_DIR}/common.cmake")
set(GGML_CUDA ON CACHE BOOL "")
set(GGML_STATIC OFF CACHE BOOL "")
set(CMAKE_CUDA_RUNTIME_LIBRARY Static CACHE STRING "")
# Turing (RTX 20) to Blackwell: code for each, and the last as PTX for what comes after.
set(CMAKE_CUDA_ARCHITECTURES "75-real;80-real;86-real;89-real;90-real;120" CACHE STRING "")
