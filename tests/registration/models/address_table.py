"""What people type as names and addresses, and what becomes of it."""

EMAIL = "Bitte geben Sie eine vollständige E-Mail-Adresse ein, zum Beispiel name@stadt.de."
NO_LETTER = "Bitte geben Sie Ihren Namen ein."
INVISIBLE = "Dieser Text enthält unsichtbare Zeichen. Bitte tippen Sie ihn neu ein."
URL = "Bitte geben Sie hier keine Internetadresse ein."
DOT = f"{URL} Setzen Sie nach einem Punkt ein Leerzeichen."

# Kept as they are.
GOOD_NAMES = """
Kim Beispiel
Jürgen Größenau
Änne Süß
Hans-Jörg Müller-Lüdenscheidt
Anna-Lena von der Heide
Graf Anton zu Stolberg-Wernigerode
Ulrike van den Berg
Oda vom Felde, M.A.
Dr. Sina Massow
Dr. med. dent. Ute Weiß
Prof. Dr.-Ing. habil. Max Groß
Dipl.-Ing. (FH) Kai Öztürk
Kim Beispiel, M. Sc.
Lea Beispiel (B. Eng., Ph.D.)
Kim Beispiel, LL.M.
Bernd B. Bernd
K. v. d. Heide
Frau Süß (Bauamt)
Team Stadtplanung & Verkehr
Sina Massow/Kim Beispiel
Şükrü Özdemir
İbrahim Çağlar
Ayşegül Yıldız-Güneş
Łukasz Wójcik
Małgorzata Śliwińska
Grzegorz Brzęczyszczykiewicz
Dvořák Šárka
Ľudmila Žďárska
Győző Kőszegi
Ștefan Țuțea
Željko Đorđević
Nguyễn Thị Ngọc Ánh
Trần Văn Đức
Seán O'Brien
Siobhán O’Connor
D'Artagnan
Nuʻuanu Kaʻiulani
François L'Hôpital
José María Ñúñez
João Gonçalves
Søren Åkesson
Þórdís Æsa
Zoë Brontë
Ελένη Παπαδοπούλου
Ольга Иванова
Їжак Ґудзь
Նարե Գրիգորյան
ნინო ბერიძე
د. محمد بن علي
فاطمة الزهراء
شیرین عبادی
דוד בן־גוריון
王小明
陳 大文
佐藤 さくら
サトウ・ケン
김민준
ดร. สมชาย ใจดี
अमित शर्मा
X
""".strip().splitlines()

# typed: what is stored
TIDIED_NAMES = {
    "  Kim \t Beispiel ": "Kim Beispiel",
    "Zoe\u0308 Bu\u0308hler": "Zoë Bühler",
    "Kim\u00a0Beispiel": "Kim Beispiel",
    "Kim\u3000Beispiel": "Kim Beispiel",
    "Kim\r\nBcc: alle": "Kim Bcc: alle",
    "Kim\u2028Beispiel": "Kim Beispiel",
    # No mail program makes a link of what has a space behind its dots.
    "Dr.Müller": "Dr. Müller",
    "Dr.Li": "Dr. Li",
    "Th.Beispiel": "Th. Beispiel",
    "Dr.iur.Beispiel": "Dr. iur. Beispiel",
    "Dr.med.dent. Kim St.Georgen": "Dr. med. dent. Kim St. Georgen",
    "dr.rer.nat. kim beispiel": "dr. rer. nat. kim beispiel",
    "Dipl.Ing. Uwe Roß": "Dipl. Ing. Uwe Roß",
    "PROF.DR. KIM BEISPIEL, M.SC.": "PROF. DR. KIM BEISPIEL, M. SC.",
    "Kim Beispiel, M.Sc.": "Kim Beispiel, M. Sc.",
    "Kim Beispiel (B.Eng.)": "Kim Beispiel (B. Eng.)",
    "H.v.d.Heide": "H.v.d. Heide",
    "1.Vorsitzende Kim Beispiel": "1. Vorsitzende Kim Beispiel",
    "Sina Massow/Dr.Beispiel": "Sina Massow/Dr. Beispiel",
    "د.محمد بن علي": "د. محمد بن علي",
    "ดร.สมชาย ใจดี": "ดร. สมชาย ใจดี",
    "X.COM": "X. COM",
    "Dr.Com": "Dr. Com",
    "Lea 🏡": "Lea 🏡",
    "=1+1 Kim": "=1+1 Kim",
    "<b>Kim</b>": "<b>Kim</b>",
    "{{ 7*7 }} Kim": "{{ 7*7 }} Kim",
    "'; DROP TABLE x;-- Kim": "'; DROP TABLE x;-- Kim",
}

# typed: what the form says
HOSTILE_NAMES = {
    "": NO_LETTER,
    "   ": NO_LETTER,
    "---": NO_LETTER,
    "12345": NO_LETTER,
    "'": NO_LETTER,
    "🏡🎉": NO_LETTER,
    "\u0301\u0302": NO_LETTER,
    "Kim\x00": INVISIBLE,
    "Kim\x01Beispiel": INVISIBLE,
    "Kim\x08\x08\x08Lea": INVISIBLE,
    "Kim\x1b[31m": INVISIBLE,
    "Kim\x7f": INVISIBLE,
    "Kim\x9b31m": INVISIBLE,
    "Kim\u00adBeispiel": INVISIBLE,
    "Kim\u200bBeispiel": INVISIBLE,
    "Kim\u200eBeispiel": INVISIBLE,
    "Kim\u202eleipsieB": INVISIBLE,
    "Kim\u2060Beispiel": INVISIBLE,
    "Kim\u2066Beispiel\u2069": INVISIBLE,
    "Kim\ufeff": INVISIBLE,
    "Kim\ue000": INVISIBLE,
    "Kim\U000e0041": INVISIBLE,
    "Kim\ufffe": INVISIBLE,
    "Kim \ud800": INVISIBLE,
    "Kim https://boese.example": URL,
    "HTTPS://BOESE.EXAMPLE Kim": URL,
    "www.boese.example": URL,
    "WWW.BOESE.EXAMPLE": URL,
    "boese.example/geld": URL,
    "Gewinn auf evil.de abholen": DOT,
    "Gewinn auf EVIL.DE abholen": DOT,
    "Jetzt bit.ly?x": DOT,
    "http:evil.de": DOT,
    "kim@evil.de": DOT,
    "GEWINN.DE abholen": DOT,
    "Gewinn: bücher.de": DOT,
    "Gewinn: evil.рф": DOT,
    "evil.Com": DOT,
    "ftp.Evil.De": DOT,
    "Dr.Kim.Evil.De": DOT,
    "Gewinn: t.me.Evil": DOT,
    "Gewinn: evil。de": DOT,
    "Gewinn: evil.भारत": DOT,
    "Gewinn: 93.184.216.34": DOT,
    "Gewinn: evil．De": DOT,
    "Gewinn: เว็บ.ไทย": DOT,
    "Gewinn T.ME/evil": URL,
    "t.ME/evil": URL,
    "Bit.Ly/x": URL,
    "Evil.De/geld": URL,
    "X.COM/evil": URL,
    "Dr.Com/x": URL,
    "//evil": URL,
    "Kim //evil.de": URL,
}

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
    # NFKC: the ligature is what a mail server would make of it.
    "a@ﬁ.de": "a@fi.de",
    "ﬁnn@stadt.de": "finn@stadt.de",
    "kim＠stadt．de": "kim@stadt.de",
    "\u212aim@stadt.de": "Kim@stadt.de",
    "\u017fina@stadt.de": "sina@stadt.de",
    "kim@stadt.de\u00a0": "kim@stadt.de",
    "a" * 64 + "@stadt.de": "a" * 64 + "@stadt.de",
    "kim@" + "a" * 63 + ".de": "kim@" + "a" * 63 + ".de",
    "a@" + ".".join(["a" * 49] * 5) + ".de": "a@" + ".".join(["a" * 49] * 5) + ".de",
}
BAD_ADDRESSES = [
    "", "kim", "kim@", "@stadt.de", "@", "kim@localhost", "kim@stadt", "kim@stadt.123",
    "kim@stadt.de.", "kim@stadt.de..", "kim@[127.0.0.1]", "kim@[IPv6:::1]", "kim@127.0.0.1",
    "kim@@stadt.de", "kim@lea@stadt.de", "kim@stadt..de", "kim@.stadt.de", "kim@-stadt.de",
    "kim@stadt-.de", "kim@stadt_mitte.de", "kim.@stadt.de", ".kim@stadt.de", "kim..b@stadt.de",
    "kim b@stadt.de", "kim@sta dt.de", '"kim"@stadt.de', '"kim b"@stadt.de', '"a\x01b"@stadt.de',
    "Kim <kim@stadt.de>", "<kim@stadt.de>", "kim(a)@stadt.de", "kim@stadt.de, lea@stadt.de",
    "kim@stadt.de;lea@stadt.de", "kim@stadt.de>\nRCPT TO:<lea@stadt.de",
    "kim@stadt.de\nBcc: lea@stadt.de", "kim\r\n@stadt.de", "kim@sta\x00dt.de",
    "kim@stadt.de\u2028x", "jörg@stadt.de", "кim@stadt.de", "kim@stadt.de\u202e",
    "\u202ekim@stadt.de", "kim@sta\u00addt.de", "kim\u200b@stadt.de", "kim@sta\u200ddt.de",
    "kim@xn--.de", "kim@xn--a.de", "kim@xn--strasse-.de", "kim@xn--mnchen-3ya9.de",
    "kim@ab--cd.de", "kim@☃.de", "kim@stadt.de/x", "mailto:kim@stadt.de", "kim%stadt.de",
    "kim@stadt,de", "kim@stadt。de", "kim\\@stadt.de",
    "a" * 65 + "@stadt.de", "kim@" + "a" * 64 + ".de",
    "ab@" + ".".join(["a" * 49] * 5) + ".dex", "kim@" + ".".join(["abcdefgh"] * 30) + ".de",
]  # fmt: skip
