"""Workspaces: conversations and documents that keep to themselves, and which documents a question may be put to.

May not: read a document or a conversation; let a question reach the documents of another workspace.
"""

from assistant.workspaces.workspaces import Workspaces, day

__all__ = ["Workspaces", "day"]
