"""Characters that look like Latin letters, by how much they do.

The pairs come from Unicode's list of confusable characters (UTS 39), cut down to what people can type, paste
or get from a generator of "fancy text".
"""

import unicodedata

#: Letters of no alphabet that is in use, and letters with strokes, which Unicode does not take apart.
_VARIANTS = {
    "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ": "abcdefghijklmnopqrstuvwyz",
    "ıȷɡɑʋɩǀʟøłđħŧɨʉƀɇɍⱥȼǥɉꝁꝑƒɓɗɠɦɱɲɳŋɵɾʂƭʈȥʐⱱⱳ": "ijgavilloldhtiuberacgjkpfbdghmnnnorsttzzvw",
}
_LIGATURES = {"æ": "ae", "œ": "oe", "Æ": "ae", "Œ": "oe"}
#: White letters on black circles and squares: Unicode takes apart only those that are black on white.
_BLOCKS_OF_CAPITALS = (0x1F150, 0x1F170)

#: The same shape in every typeface. Case matters: a small Russian ve is no "b", but a capital one is a "B".
_SAME = {
    "аеорсухіјѕһԁԛԝӏүАВЕКМНОРСТУХІЈЅԀԚԜӀҮҺ": "aeopcyxijshdqwlyabekmhopctyxijsdqwiyh",
    "ονΑΒΕΖΗΙΚΜΝΟΡΤΥΧϳϲϹ": "ovabezhikmnoptyxjcc",  # noqa: RUF001  look-alikes are what it is about
    "օսհոցզՍՏՕ": "ouhngqsuo",  # noqa: RUF001  look-alikes are what it is about
    "ᎪᏴᏟᎠᎬᏀᎻᎥᎫᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ": "abcdeghijklmprstvwz",  # noqa: RUF001  look-alikes are what it is about
    "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ": "abcdefghijklmnoprstuvwxyz",  # noqa: RUF001  look-alikes are what it is about
    "ⲀⲂⲈⲎⲒⲔⲘⲚⲞⲢⲤⲦⲨⲬ": "abehikmnopctyx",
}
#: Alike enough to read a word that also has Latin letters. Any other word is left alone: it is in use.
_SIMILAR = {
    "вкмнтгпяшщцьъэєґ": "bkmhtrnrwwubbeer",
    "αβγδεηικμπρστυχω": "abydenikunpotuxw",
    "01345789": "oieastbg",
}

#: The scripts of `_SAME` and `_SIMILAR`, as a class in a regular expression.
FOREIGN = "\u0370-\u058f\u13a0-\u13ff\u1f00-\u1fff\u2c80-\u2cff\uab70-\uabbf\ua4d0-\ua4ff"
#: Blocks in which letters with accents are composed.
_COMPOSED = (range(0x370, 0x530), range(0x1F00, 0x2000))


def _pairs(table: dict[str, str]) -> dict[int, str]:
    return {
        ord(character): latin
        for characters, letters in table.items()
        for character, latin in zip(characters, letters, strict=True)
    }


def _with_composed(pairs: dict[int, str]) -> dict[int, str]:
    """Return the pairs, also for the same letters with accents, which do not change how they are read."""
    composed = {
        code: pairs[ord(base)]
        for block in _COMPOSED
        for code in block
        if ord(base := unicodedata.normalize("NFKD", chr(code))[0]) in pairs
    }
    return {**composed, **pairs}


def _blocks() -> dict[int, str]:
    return {first + at: chr(ord("a") + at) for first in _BLOCKS_OF_CAPITALS for at in range(26)}


#: By code point. These are read as letters in every word.
VARIANTS: dict[int, str] = {**_pairs(_VARIANTS), **_blocks(), **{ord(k): v for k, v in _LIGATURES.items()}}
SAME = _with_composed(_pairs(_SAME))
SIMILAR = _with_composed(_pairs(_SIMILAR))
