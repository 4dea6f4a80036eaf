"""What people type as names, and what becomes of it."""

UNREADABLE = "Dieser Text enthält unlesbare Zeichen. Bitte tippen Sie ihn neu ein."
NO_LETTER = "Bitte geben Sie Ihren Namen ein."
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
علی‌رضا محمدی
ශ්‍රී ලංකා
അനില്‍
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
    # What nobody can see goes without a word.
    "Kim\x00": "Kim",
    "Kim\x01 Beispiel": "Kim Beispiel",
    "Kim\x08\x08\x08": "Kim",
    "Kim\x1b Beispiel": "Kim Beispiel",
    "Kim\x7f": "Kim",
    "Kim\u00ad Beispiel": "Kim Beispiel",
    "Bei\u00adspiel": "Beispiel",
    "Kim\u200b Beispiel": "Kim Beispiel",
    "Kim\u200eBeispiel": "KimBeispiel",
    "Kim\u202eleipsieB": "KimleipsieB",
    "Kim\u2060Beispiel": "KimBeispiel",
    "Kim \u2066Beispiel\u2069": "Kim Beispiel",
    "Kim\ufeff": "Kim",
    "Kim\ue000": "Kim",
    "Kim\U000e0041": "Kim",
    "Kim\ufffe": "Kim",
    "Kim \ud800": "Kim",
    "Ki\u200dm": "Kim",
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
    "\u3164": NO_LETTER,
    "\u200d\u00ad": NO_LETTER,
    "Kim\ufffd": UNREADABLE,
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
