"""What was filled into the fields of a PDF's form, which the text of its pages lacks. Source: fpdf_annot.h."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import pypdfium2_raw as api

from assistant.ingestion.cleaning import one_line, tidy

_LONGEST: Final = 100_000
_WITH_VALUE: Final = (api.FPDF_FORMFIELD_TEXTFIELD, api.FPDF_FORMFIELD_COMBOBOX, api.FPDF_FORMFIELD_LISTBOX)
_MARKED: Final = (api.FPDF_FORMFIELD_CHECKBOX, api.FPDF_FORMFIELD_RADIOBUTTON)
_PASSWORD: Final = 1 << 13  # what is typed into such a field is for nobody's eyes (ISO 32000-1, table 228)
_UNMARKED: Final = ("", "Off")
_MEANINGLESS: Final = ("Yes", "On", "1", "true")
_OF_PROGRAM: Final = re.compile(r"\[\d+\]|^\W*[A-Za-z]{0,12}\W*\d+$")


class Form:
    """The form of an open PDF. No script of its is run: this PDFium can't, and nobody asks it to."""

    def __init__(self, document: object) -> None:
        # PDFium keeps pointing at it.
        self._environment = api.FPDF_FORMFILLINFO(version=2)
        self._handle = api.FPDFDOC_InitFormFillEnvironment(document, self._environment)

    def said(self, annotation: object) -> str:
        """The field of an annotation and what was filled into it, as "Name: Ann"; "" where nothing was."""
        if not self._handle:
            return ""
        kind = api.FPDFAnnot_GetFormFieldType(self._handle, annotation)
        name = one_line(text_of(api.FPDFAnnot_GetFormFieldName, self._handle, annotation))
        hint = one_line(text_of(api.FPDFAnnot_GetFormFieldAlternateName, self._handle, annotation))
        if hint and hint != name:  # the name is as often the form's own ("f1_01[0]") as the hint only says what to do
            name = hint if _OF_PROGRAM.search(name) else f"{name} ({hint})"
        if kind in _WITH_VALUE and not api.FPDFAnnot_GetFormFieldFlags(self._handle, annotation) & _PASSWORD:
            value = tidy(text_of(api.FPDFAnnot_GetFormFieldValue, self._handle, annotation).replace("\r", "\n"))
        elif kind in _MARKED:
            state = one_line(text_of(api.FPDFAnnot_GetStringValue, annotation, b"AS"))
            value = "" if state in _UNMARKED else "marked" if state in _MEANINGLESS or state == name else state
        else:
            return ""
        return (f"{name}: {value}" if name else value) if value else ""


def text_of(call: Callable[..., int], *arguments: object) -> str:
    """A text that PDFium hands out in two steps: how many bytes, then the bytes, as UTF-16."""
    size = call(*arguments, None, 0)
    if not 2 < size <= _LONGEST:
        return ""
    buffer = (api.FPDF_WCHAR * (size // 2))()
    call(*arguments, buffer, size)
    return bytes(buffer)[: size - 2].decode("utf-16-le", "ignore")
