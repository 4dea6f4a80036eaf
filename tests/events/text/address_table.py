"""What people type as e-mail addresses, and what becomes of it."""

EMAIL = "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@stadt.de."

# typed: what is written to
GOOD_ADDRESSES = {
    "kim@stadt.de": "kim@stadt.de",
    "  kim@stadt.de\n": "kim@stadt.de",
    "Kim.Beispiel@Stadt.DE": "Kim.Beispiel@stadt.de",
    "KIM@STADT.DE": "KIM@stadt.de",
    "o'brien+talk@stadt.de": "o'brien+talk@stadt.de",
    "kim+a+b=c@stadt.de": "kim+a+b=c@stadt.de",
    "#!$%&'*/=?^_`{|}~-@stadt.de": "#!$%&'*/=?^_`{|}~-@stadt.de",
    "1@2.de": "1@2.de",
    "a@b.c.d.e.stadt.de": "a@b.c.d.e.stadt.de",
    "kim@stadt-mitte.de": "kim@stadt-mitte.de",
    "kim@stadt.verwaltung.koeln": "kim@stadt.verwaltung.koeln",
    # IDNA 2008: another domain than strasse.de.
    "info@straße.de": "info@xn--strae-oqa.de",
    "info@STRASSE.de": "info@strasse.de",
    "info@MÜNCHEN.de": "info@xn--mnchen-3ya.de",
    "info@mu\u0308nchen.de": "info@xn--mnchen-3ya.de",
    "info@xn--mnchen-3ya.de": "info@xn--mnchen-3ya.de",
    "info@XN--MNCHEN-3YA.de": "info@xn--mnchen-3ya.de",
    "info@пример.рф": "info@xn--e1afmkfd.xn--p1ai",
    "info@例え.jp": "info@xn--r8jz45g.jp",
    "info@βόλος.gr": "info@xn--nxasmm1c.gr",
    # With a joiner that changes the word it is another domain than without.
    "info@نامه\u200cای.example": "info@xn--mgba3gch31f060k.example",
    "info@نامهای.example": "info@xn--mgba3gch31f.example",
    # NFKC: the ligature is what a mail server would make of it.
    "a@ﬁ.de": "a@fi.de",
    "ﬁnn@stadt.de": "finn@stadt.de",
    "kim＠stadt．de": "kim@stadt.de",
    "\u212aim@stadt.de": "Kim@stadt.de",
    "\u017fina@stadt.de": "sina@stadt.de",
    "kim@stadt.de\u00a0": "kim@stadt.de",
    # What nobody can see goes without a word.
    "kim@sta\x00dt.de": "kim@stadt.de",
    "\u202ekim@stadt.de\u202c": "kim@stadt.de",
    "kim@sta\u00addt.de": "kim@stadt.de",
    "kim\u200b@stadt.de": "kim@stadt.de",
    "\ufeffkim@sta\u200ddt.de": "kim@stadt.de",
    "a" * 64 + "@stadt.de": "a" * 64 + "@stadt.de",
    "kim@" + "a" * 63 + ".de": "kim@" + "a" * 63 + ".de",
    "a@" + ".".join(["a" * 49] * 5) + ".de": "a@" + ".".join(["a" * 49] * 5) + ".de",
}
BAD_ADDRESSES = [
    "", "kim", "kim@", "@stadt.de", "@", "kim@stadt.123",
    "kim@stadt.de.", "kim@stadt.de..", "kim@[127.0.0.1]", "kim@[IPv6:::1]", "kim@127.0.0.1",
    "kim@@stadt.de", "kim@lea@stadt.de", "kim@stadt..de", "kim@.stadt.de", "kim@-stadt.de",
    "kim@stadt-.de", "kim@stadt_mitte.de", "kim.@stadt.de", ".kim@stadt.de", "kim..b@stadt.de",
    "kim b@stadt.de", "kim@sta dt.de", '"kim"@stadt.de', '"kim b"@stadt.de',
    "Kim <kim@stadt.de>", "<kim@stadt.de>", "kim(a)@stadt.de", "kim@stadt.de, lea@stadt.de",
    "kim@stadt.de;lea@stadt.de", "kim@stadt.de>\nRCPT TO:<lea@stadt.de",
    "kim@stadt.de\nBcc: lea@stadt.de", "kim\r\n@stadt.de",
    "kim@stadt.de\u2028x",

    "kim@xn--.de", "kim@xn--a.de", "kim@xn--strasse-.de", "kim@xn--mnchen-3ya9.de",
    "kim@ab--cd.de", "kim@☃.de", "kim@stadt.de/x", "mailto:kim@stadt.de", "kim%stadt.de",
    "kim@stadt,de", "kim@stadt。de", "kim\\@stadt.de",
    "a" * 65 + "@stadt.de", "kim@" + "a" * 64 + ".de",
    "ab@" + ".".join(["a" * 49] * 5) + ".dex", "kim@" + ".".join(["abcdefgh"] * 30) + ".de",
]  # fmt: skip

# typed: how the message begins, and what else stands in it
EXPLAINED = {
    "müller@stadt.de": ("Vor dem @ sind keine Umlaute", "Meinen Sie vielleicht mueller@stadt.de?"),
    "Jörg.Größe@stadt.de": ("Vor dem @ sind keine Umlaute", "Joerg.Groesse@stadt.de"),
    "кim@stadt.de": ("Vor dem @ sind keine Umlaute", "einfache Buchstaben"),
    "kim@stadt": ("Hinter dem @ fehlt", "„stadt.de“"),
    "kim@localhost": ("Hinter dem @ fehlt", "„stadt.de“"),
    "kim\u200b.stadt.de": (EMAIL, "Unsichtbare Zeichen darin haben wir entfernt."),
    "mü\u00adller@stadt.de": ("Vor dem @", "Unsichtbare Zeichen darin haben wir entfernt."),
}
