"""The commonest small words of languages, by which a declared language is confirmed cheaply.

Only languages whose small words set them apart are listed; for others, and wherever the words
speak against the declaration, langdetect is asked.
"""

_WORDS = {
    "en": "the of and to in is for that with on are this be by from at your you or an was which have will not our can",
    "fr": "le la les des du et en un une est pour que dans sur par au aux avec qui sont ce cette vous nous votre ou ne pas plus",
    "es": "el la los las de del y en un una es para que por con se su al o como más sus este esta son no lo entre",
    "pt": "o a os as de do da dos das e em um uma é para que por com no na nos nas se ao à ou mais são não pelo pela",
    "it": "il la i gli le di del della dei delle e in un una è per che con da al alla nel nella si sono non o anche più",
    "de": "der die das und in den von zu mit ist für im des auf dem ein eine sich nicht auch werden wird sie oder bei als zum zur",
    "nl": "de het een en van in is op te dat voor met zijn die aan niet ook door bij wordt worden deze of naar uw kunt",
    "ru": "и в на с по для не о от из к что как или при за это до его также все у более а их",
    "uk": "і в на з та для до про що від за не у як або при це по щодо його також які яка є",
    "tr": "ve bir bu için ile olarak olan da de daha en çok veya olduğu gibi kadar sonra tarafından ise her ne ya göre",
    "id": "dan yang di untuk dengan dari pada ini dalam adalah ke atau oleh akan tidak dapat sebagai juga itu bagi telah serta",
    "sw": "na ya wa kwa ni katika za la cha kuwa au hii kama hiyo yake huo ambayo pia wote vya kutoka hizo",
    "ar": "في من على إلى عن أن التي الذي مع هذا هذه أو ما كما لا بين تم كل ذلك بعد وقد إن",
    "ca": "el la els les de del i en un una és per que amb al dels ha seva són o també més aquest aquesta pel",
    "pl": "i w na z do się jest dla o nie od oraz po za przez że lub to jak przy są tym które",
    "sv": "och i att en av som är för på med det den till ett om har de inte kan eller från vid du",
    "da": "og i at en af som er for på med det den til et om har de ikke kan eller fra ved du",
    "fi": "ja on ei että se tai voi mukaan sekä kun ovat myös jos oli joka hän olla",
    "cs": "a v na se je s z do o pro že k i za od po nebo jako který jsou při by ve",
    "ro": "și de în a la cu pe pentru din că o este un se sau prin care al ale mai nu ce au",
    "hu": "a az és hogy nem is egy meg van de csak vagy el már ha mint ezt azt kell",
    "el": "και το της η του των την να για με στην στο από που τα οι είναι ο τον",
    "vi": "và của các là có trong cho được với không một những để này về đã người theo",
    "sq": "e të në dhe për me një nga që së si është i do nuk ka më janë ose",
}

LANGUAGES: dict[str, list[str]] = {}
"""Small word to the languages that use it."""
for _language, _words in _WORDS.items():
    for _word in _words.split():
        LANGUAGES.setdefault(_word, []).append(_language)

ENOUGH = 0.12
"""Least share of small words: running text has 25-50 %, lists of names next to none."""


def confirms(language: str, text: str) -> bool:
    """Are the small words of the text those of this language, more than of any other?

    >>> confirms("en", "The ministry is responsible for the health of the people and for their schools.")
    True
    """
    words = text.lower().split()
    counts: dict[str, int] = {}
    for word in words:
        for code in LANGUAGES.get(word, ()):
            counts[code] = counts.get(code, 0) + 1
    own = counts.pop(language, 0)
    return own >= ENOUGH * len(words) and own > max(counts.values(), default=0)
