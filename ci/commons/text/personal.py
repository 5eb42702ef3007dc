"""Data that belong to a person: addresses, and numbers of cards, accounts, insurance and telephones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from stdnum import iban, luhn

MAX_LENGTH = 100_000

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64})@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![A-Za-z0-9-])"
)
#: RFC 2606 and RFC 6761: names that belong to nobody.
_NOBODYS = re.compile(r"(?:^|\.)(?:example(?:\.[a-z]{2,3}){0,2}|[a-z0-9-]+\.(?:test|invalid|localhost))$")
_NO_PERSONS = frozenset({"git"})

#: What each of the numbers below holds: a quick look before the slower ones.
_DIGITS = re.compile(r"[0-9]{3}[- ]?[0-9]{2}")
_CARD = re.compile(r"(?<![\d.,-])[0-9]{4}(?:[ -]?[0-9]){9,15}(?!\d)")
_CARD_GROUPS = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}|\d{4}([ -])\d{6}\2\d{5}")
_CARD_WORDS = re.compile(r"card|visa|mastercard|amex|american express|carte|tarjeta|karte", re.IGNORECASE)
_CARD_PREFIX = re.compile(
    r"4\d{12}(?:\d{3})?|5[1-5]\d{14}|2(?:2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(?:011|5\d\d)\d{12}"
)
#: Numbers that the issuers publish for trying out payments.
_TRIAL_CARDS = frozenset({
    "4242424242424242", "4111111111111111", "4012888888881881", "4000056655665556", "4222222222222",
    "5555555555554444", "5105105105105100", "2223003122003222", "378282246310005", "371449635398431",
    "378734493671000", "6011111111111117", "6011000990139424", "4000000000000002", "5200828282828210",
    "4532015112830366", "4539578763621486",
})  # fmt: skip

_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])")
#: The examples of the banks and of the standard's registry.
_EXAMPLE_IBANS = frozenset({
    "GB82WEST12345698765432", "GB29NWBK60161331926819", "GB33BUKB20201555555555", "DE89370400440532013000",
    "FR1420041010050500013M02606", "NL91ABNA0417164300", "ES9121000418450200051332", "IT60X0542811101000000123456",
    "CH9300762011623852957", "BE68539007547034", "AT611904300234573201",
})  # fmt: skip

_INSURANCE = re.compile(r"(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])")
_EXAMPLE_INSURANCE = frozenset({"078-05-1120", "219-09-9999", "123-45-6789", "111-11-1111", "123-12-1234"})

_PHONE = re.compile(r"(?<![\w)+.*/=^-])(?<![\d)] )\+[1-9][\d ().-]{6,22}\d(?!\d)")
#: Numbers that are kept for stories and films, by the authorities of the United States and the United Kingdom.
_FICTIONAL_PHONES = re.compile(r"1\d{3}55501\d\d|44(?:207946|7700900|1632960)\d+")


@dataclass(frozen=True)
class PersonalDatum:
    """Something that may belong to a person: what kind it is, and what stands there."""

    kind: str
    found: str


def personal_data(text: str) -> Iterator[PersonalDatum]:
    """E-mail addresses, payment cards, bank accounts and US social security numbers in ``text``.

    Checked by their check digits where they have any (Luhn's for cards, ISO 7064 for accounts). Examples that the
    issuers publish, and addresses that belong to nobody (``example.org``), are left alone.
    """
    piece = text[:MAX_LENGTH]
    if "@" in piece:
        for match in _EMAIL.finditer(piece):
            if not _NOBODYS.search(match[2].lower()) and match[1].lower() not in _NO_PERSONS:
                yield PersonalDatum("an e-mail address", match[0])
    if not _DIGITS.search(piece):
        return
    for match in _CARD.finditer(piece):
        if _is_card(match[0], piece):
            yield PersonalDatum("the number of a payment card", match[0])
    for match in _IBAN.finditer(piece):
        if match[0].replace(" ", "") not in _EXAMPLE_IBANS and iban.is_valid(match[0], check_country=False):
            yield PersonalDatum("the number of a bank account", match[0])
    for match in _INSURANCE.finditer(piece):
        if match[0] not in _EXAMPLE_INSURANCE:
            yield PersonalDatum("a US social security number", match[0])


def _is_card(written: str, text: str) -> bool:
    digits = re.sub(r"\D", "", written)
    if len(set(digits)) == 1 or digits in _TRIAL_CARDS or not _CARD_PREFIX.fullmatch(digits):
        return False
    # One number in ten passes the check digit by luck: a long number in a sum is no card.
    return luhn.is_valid(digits) and bool(_CARD_GROUPS.fullmatch(written) or _CARD_WORDS.search(text))


def phone_numbers(text: str) -> Iterator[str]:
    """Telephone numbers of ``text`` in the international form, but for those that are kept for stories."""
    piece = text[:MAX_LENGTH]
    if "+" not in piece:
        return
    for match in _PHONE.finditer(piece):
        digits = re.sub(r"\D", "", match[0])
        if 8 <= len(digits) <= 15 and not _FICTIONAL_PHONES.fullmatch(digits):
            yield match[0]
