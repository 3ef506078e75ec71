"""How well passages answer a question, by a reranker on llama.cpp in a child process, within the time that is allowed.

May not: run the model in this process; search; know what is done with an order.
"""

from assistant.reranking.reranker import Ranked, Reranker

__all__ = ["Ranked", "Reranker"]
