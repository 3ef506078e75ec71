"""What runs beside the model in its child process: the only code that calls llama.cpp."""
