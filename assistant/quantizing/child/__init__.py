"""What runs beside llama.cpp in the quantizer's child process."""
