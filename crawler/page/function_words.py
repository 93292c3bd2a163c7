"""The commonest small words of languages: by them running text tells its language cheaply.

They know what langdetect has no profile of, and they answer a hundred times faster. Where they do
not decide, langdetect is asked. How often they are right: `benchmarks/language.py`.
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

_WORDS = {
    "af": "die en van in is het nie 'n dat vir met op aan wat te om deur sal kan word hierdie sy hulle ook as ons jy jou u of by enige elkeen",
    "am": "እና ነው ላይ ውስጥ የሆነ ወይም እንደ ይህ ጋር ለ በ ስለ ሁሉ ግን ማንኛውም መብት አለው ያለው ሰው ወደ ነገር እያንዳንዱ ሆኖ ይህን በሆነ እንዲሁም መሆኑን ነፃነት ማንም በማንኛውም በዚህ የማግኘት ሆነ በሚ ስለዚህ የተ",
    "ar": "في من على إلى عن أن التي الذي مع هذا هذه أو ما كما لا بين تم كل ذلك بعد وقد إن ولا وفي أي له لكل فرد",
    "ay": "uka taqi mä jan ukat ukax jaqi sapa jaqix jani ukhama maya ukham jaqinakan ukan munata utji taqini jupan aka jupax ukanakaxa mayni ukaxa sarnaqaña ukampi taqinis utjayasiñapataki mayniru uñt'ata derechonipxiwa derechonïpxiwa marka markapan ukanakasa janiw taqpach jupanakan ukhamaraki aski utjiwa",
    "az": "və bir bu üçün ilə olan da də hər öz kimi daha azərbaycan malikdir hüququ hüquq olmalıdır ya onun edilir edən tərəfindən üzrə görə həmin ва бир үчүн илә һәр өз олан һүгугу инсан олмалыдыр онун вардыр дә ки hüquqa malik edilə bilər şəxs вә бүтүн өзүнүн һеч кәс ја шәхс олмаг едилә биләр дөвләт милли азадлыг",
    "be": "і ў на з да не па што ад або для аб гэта як у быць мае яго якія павінен кожны чалавек права гэтага пры іх сваёй таксама",
    "bg": "и на в за от се да с е по не при или които който което като със са до че има всеки към това трябва бъде може както чрез човек право той свобода си във ще този тези нито върху никой",
    "bi": "blong long ol mo we i hemi no man samting mas evri wan olsem bae hem ol- kantri sipos nomo narafala gat raet mekem tufala",
    "bn": "এবং ও এর এই করা জন্য থেকে করে হবে বা না যে কোন সকল তার সঙ্গে প্রত্যেকের অধিকার হয় একটি আছে সাথে রয়েছে মধ্যে হতে কিংবা অথবা প্রতি",
    "bs": "i u na se je za da su od o kao ne ili sa što po koji iz koja koje svako ima pravo svoje može biti njegove svih lica osoba uvjetima jednake lice niko ljudi smije treba uslovima bez svi općine ni",
    "ca": "el la els les de del i en un una és per que amb al dels ha seva són o també més aquest aquesta pel no té dret tota persona ni",
    "ckb": "و لە بە بۆ کە ئەم یان لەگەڵ هەر بێ ئەو هەموو نابێ دەبێ مافی کەس خۆی هەیە نییە ئەوەی بکرێ وەک لەو سەر هیچ مرۆڤ",
    "cs": "a v na se je s z do o pro že k i za od po nebo jako který jsou při by ve má každý právo své být nikdo ani jeho všech nesmí všichni svou proti která které každého aby práva vůči kdo byl anebo ke před svobodu lidských mezi může této všechny základě jiným",
    "cy": "y yr yn a i o ar gan am mae yw ac ei eu bod bydd wedi neu hawl bawb nid gyda fel hyn",
    "da": "og i at en af som er for på med det den til et om har de ikke kan eller fra ved du enhver sin ret efter der sit må ingen",
    "de": "der die das und in den von zu mit ist für im des auf dem ein eine sich nicht auch werden wird sie oder bei als zum zur hat jeder recht auf seine darf",
    "el": "και το της η του των την να για με στην στο από που τα οι είναι ο τον",
    "en": "the of and to in is for that with on are this be by from at your you or an was which have will not our can has everyone shall no his",
    "es": "el la los las de del y en un una es para que por con se su al o como más sus este esta son no lo entre tiene derecho toda sin ni todo individuo persona ser cualquier así ante nadie podrá",
    "et": "ja on ei või et ning ka kui oma see mis igal tema peab võib selle nende kõik tuleb õigus inimesel kes olema ega mida ole eest",
    "eu": "eta da ez du dute bere ere edo den hori dira izan behar gizaki guztiek dituen bat egin baten orok eskubidea dago zein bidez",
    "fa": "و در به از که را با این برای است یا آن هر تا بر خود می شود باید کند دارد حق های کس شده نیز ها بدون",
    "fi": "ja on ei että se tai voi mukaan sekä kun ovat myös jos oli joka hän olla jokaisella oikeus ihmisellä hänen ketään mitä",
    "fil": "ang ng sa mga at na ay may karapatan bawat o kanyang hindi isang ito para upang tao sapagkat nang lahat walang dapat kaniyang ating mula rin",
    "fj": "na ni kei ka e me o sa sega vei ki mai tamata yadua dodonu kece nona veika vakatale ga se yadudua era nodra vaka vua kina",
    "fr": "le la les des du de et en un une est pour que dans sur par au aux avec qui sont ce cette vous nous votre ou ne pas plus toute a droit personne ses sa son à tout individu l' d' ni ainsi il leur être tous sans aucun n' elle leurs dont",
    "ga": "agus an na ar i is a le do nó de go bhfuil chun ag gach duine ceart sé ní san aige don sin féin faoi maidir mar níl tá nach",
    "gl": "e a o de do da que en un unha para por con os as non se ao súa ou dos das na no como ten dereito toda persoa máis",
    "gn": "ha opavave umi haguã ko peteĩ tekotevẽ ndaipóri avave yvypóra oguereko opaite jave hekópe ijehegui derecho hendápe avei oguerekova rupi guive upéva opa mba'e ikatu hese hekove tetã",
    "ha": "da a na ta ya ko don wannan shi ba kuma da cewa domin yana suna kowa hakki wani kowane sa su wajen ne yin ga tare yake mutum",
    "hi": "के और में है का की को से पर यह हैं लिए किसी या भी जो कि नहीं अधिकार एक हो अपने प्रत्येक तथा किया व्यक्ति उसके जायेगा उसे ऐसे करने",
    "hr": "i u na se je za da su od o kao ne ili s što po koji iz koja koje svatko ima pravo svoje može biti nitko svih te bilo osoba njegove bez osobe smije treba uvjetima svi opće tko",
    "ht": "ak nan yon li ki pou se pa tout moun gen dwa oswa sa ou yo lan peyi dwe kapab fè avèk menm konsa pou'l la nenpòt osinon",
    "hu": "a az és hogy nem is egy meg van de csak vagy el már ha mint ezt azt kell minden joga személynek vagy való senkit sem",
    "id": "dan yang di untuk dengan dari pada ini dalam adalah ke atau oleh akan tidak dapat sebagai juga itu bagi telah serta setiap orang berhak atas boleh harus karena tanpa maupun manusia kebebasan hal kecuali mereka terhadap seorang dasar-dasar negara",
    "is": "og að í á sem er til um við með eða fyrir ekki af hann skal rétt hver sínum það þess engan sér mönnum eru hafa hverjum þeirra",
    "it": "il la i gli le di del della dei delle e in un una è per che con da al alla nel nella si sono non o anche più ogni ha diritto individuo sua suo",
    "kk": "және мен бен үшін бар болып бұл де да немесе өз оның құқығы адам тиіс кез әр әрбір құқылы ол емес бойынша туралы қандай барлық осы",
    "ky": "жана менен үчүн ар бир бул болуп анын өз же укугу бар адам керек башка эч тийиш укуктуу ошондой эркин да эле алардын катары",
    "ku": "û di de ji bo ku bi her kes e li ne yan an an jî mafê xwe heye wî din hemû ye tu yek wek be kesî divê",
    "lb": "an de d' vun den op ze an der fir a mat net ass eng dat all mënsch huet recht säi seng oder keen och gëtt am muss dee wéi hir ginn",
    "lt": "ir į kad yra su iš ar tai kaip jis turi teisę kiekvienas būti ne jo savo apie bei pagal žmogus arba visi dėl nuo prie jų už",
    "lv": "un ir uz ar no par vai kas lai kā tiesības katram cilvēkam nav to savu viņa pie ikvienam jābūt nedrīkst visi tās gan kā arī tiek",
    "mg": "ny sy amin' dia izay tsy ho fa na amin'ny olona rehetra manana zo tsirairay ao no izy avy ireo ary mba ihany toy amin'izany hisy fahafahana azo eo",
    "mh": "im in ko eo ej bwe jen ro ñan ak ilo an aolep armij ejelok ewor ko ej jimwe ae men ir ke e non juon",
    "mi": "te o i ki nga e me he ka kia a ko ngā mo ia tangata katoa aua kore mana tana rawa hei ona mō kei tenei tēnei āhei whai",
    "mk": "и на во за да се од со не или е по сите што како секој право има неговите може при која треба биде ги го кој ќе нема",
    "mn": "ба бөгөөд нь хүн эрхтэй эрх бүр болон өөрийн буюу байна энэ юм бол ямар ч байх ёстой тухай хэн хүний ийм чөлөөтэй гэж дор",
    "ms": "dan yang di untuk dengan dari pada ini dalam adalah ke atau oleh akan tidak boleh sebagai juga itu bagi telah serta setiap orang hak berhak kepada mana mempunyai terhadap hendaklah ataupun kerana tanpa manusia kebebasan mestilah sesiapa pun seseorang negeri sama asasi tiada",
    "mt": "u ta' il-bniedem li fil- għandu dritt jew ma f' għal kull wieħed minn hu biex huwa jista' b' tal- ikun kollha hemm lil kif mingħajr hadd fuq tiegħu jkun",
    "nd": "njalo loba futhi ukuthi ngoba kumbe umuntu ilungelo wonke ukuba elungelo njengoba uyilowo lawulowo yonke kuphela",
    "ne": "र को छ मा का लाई हुने गर्न वा प्रत्येक अधिकार व्यक्तिलाई हुनेछ यस आफ्नो पनि गर्ने भने सबै तथा गरी कुनै हो उसको",
    "nl": "de het een en van in is op te dat voor met zijn die aan niet ook door bij wordt worden deze of naar uw kunt heeft recht een ieder",
    "no": "og i at en av som er for på med det den til et om har de ikke kan eller fra ved enhver rett skal sin må hans menneske",
    "ny": "ndi kuti wa pa mu ya za munthu aliyense ali ufulu kapena ndipo kwa monga la ayenera umene kukhala iye ake chifukwa onse koma mwa zimene popanda ali ndi anthu",
    "pau": "el a er ma me ng kmal ra tir chad rokui ngii diak e di meng aike klemerang",
    "pl": "i w na z do się jest dla o nie od oraz po za przez że lub to jak przy są tym które każdy człowiek ma prawo nikt jego swego bez",
    "ps": "د او په چې له ته دی سره هر څوک حق لری کړی دا یا باید کې هم خپل چه ټول کوی نه شی څخه لپاره يا وي",
    "pt": "o a os as de do da dos das e em um uma é para que por com no na nos nas se ao à ou mais são não pelo pela toda tem direito todo ser nem sua seu pelos às quer todos sem tal",
    "qu": "hinaspa mana chay sapa runa kay llapa tukuy hukkuna hinallataq runakuna kaqmi icha derechoyoq kanan runapas kachun chaypas atiyniyuq derechonmi hinataq runam ima allin hayk'aq atin derechoyuqmi derechoyoqmi hina paykunap llaqta llaqtapi allinta pi maypas hukpas ninchis kawsayninpi kanku imapas chaymanta qinapas lliw hayka",
    "rn": "n' kandi kugira mu ngo umuntu wese ari uburenganzira canke kuko ata mugihugu arafise atari uko ni iyo ya wa na ico ivyo ngaha bose nk'uko ubwo abantu n'ukuntu umwe wose vy' vyo bugatunganywa n'iyo muntu amategeko atagira ibihugu gutyo yose ukwishira ukizana n'uburenganzira igihe mugihe izindi vyiwe vy'abantu zubahiriza ategerezwa guhabwa kw' bw' ry' mw' ingingo n'ishirahamwe mpuzamakungu igihugu c' zose ziwe iwe co abo ubwabo utegerezwa hategerezwa nk'abandi n'abandi indero n'indero bashobora kwigishwa ku buntu bitegerezwa yiwe kuronka biciye abenegihugu vyose bwiwe rwiwe mugabo gusumba aho bari harimwo mwo uno nkuko izo bimwe kugirango iwabo abandi ayo y'abarundi leta",
    "ro": "și de în a la cu pe pentru din că o este un se sau prin care al ale mai nu ce au orice are dreptul persoană să fie i şi",
    "ru": "и в на с по для не о от из к что как или при за это до его также все у более а их каждый человек имеет право на должен",
    "rw": "no mu ya wa kandi ku ni na cyangwa kugira umuntu wese afite uburenganzira bwo ari ngo byo cyo nta ubwo kuri gihugu nk'uko bwe icyo yaba abantu kubera buri hamwe n' muntu amategeko ubwisanzure ibihugu y' w' b' ry' agomba ibyo gukora hagati ibindi byaba byose uwo ntawe yemerewe wo leta bigomba kugirango n'abandi ry'umuntu by' yose bose",
    "sg": "na ti la so a e ni zo kue ngangu lo bara nga ala tene wala lege kodro oko mara yeke gi ndo pepe atene bata ngu mbi lani nginza tongana teti ndali",
    "sk": "a v na sa je s z do o pre že k i za od po alebo ako ktorý sú pri by vo má každý právo svoje byť nikto ani jeho nesmie aj všetci svoju proti ktorá ktoré každého aby práva kto bol so podľa niekoho ľudských medzi môže tohto všetky",
    "sl": "in v na se je za da so od ali s z pri po ki do ne pa kot tudi ima vsakdo pravico biti svoje nihče njegove ter mora kakor vseh",
    "sm": "o le ma i e ua lava mo ona mai a ia po tagata uma ai saolotoga aia latou so'o lona lana tatau fa'apea le'i lea ana taitasi ni i'ai",
    "sn": "uye kana munhu nyika ane kodzero kuti dzake pamwe kubva pasina wose rusununguko here zvake anofanira kune nekuda vese nemunhu kodzero zvese ne ku muna",
    "so": "iyo ah ee oo in uu waa ku ka u la ay ama aan waxaa qof kasta xaq leeyahay kale loo dhan ahaan wuxuu leh qofna si ayaa sida lahayn",
    "sq": "e të në dhe për me një nga që së si është i do nuk ka më janë ose çdo njeri drejtë kush tij mund duhet",
    "sr": "и у на се је за да су од о као не или са што по који из која које свако има право своје може бити његове сваки без i u na se je za da su od kao ne ili sa što po koji iz koja koje svako ima pravo svoje može biti njegove svaki lica lice niko ni treba njegovih ljudi sme svi uslova uslovima ће људи ли њихов њихова свих би треба слободу права ни нико сме буде лица људска међу њих којој било",
    "ss": "futsi kutsi ngekwe nobe umuntfu ngamunye unelilungelo lilungelo wonkhe wonkhewonkhe kantsi nome kumele konkhe lokungu noma kwa ku ne na bantfu emalungelo lenkhululeko ngaphandle yakhe lakhe bonkhe ngekutsi kuphila inkhululeko lekutsi lonkhe ngako ngetulu wonkhe-wonkhe kufanele ngenca live lelive ngabe kanye lowo uma kute lote tonkhe yonkhe njengobe kube emkhatsini tive kwemtsetfo ngemtsetfo nabo nangabe",
    "st": "le ya ho ka tse o e ba ha motho mong tokelo na hore kapa mang a sa le wa bohle ke hae tsa bo efe di tshwanelo yohle fela feng",
    "sv": "och i att en av som är för på med det den till ett om har de inte kan eller från vid du var rätt till skall envar sin må hans",
    "sw": "na ya wa kwa ni katika za la cha kuwa au hii kama hiyo yake huo ambayo pia wote vya kutoka hizo kila mtu haki ana kwamba bila wake wala yeye watu kupata yoyote mwingine ama yaku wa-",
    "tet": "no ba iha atu ema ho nia ne'ebé hotu-hotu iha sira hanesan sé iha direitu la bele tuir ka se'e nu'udar mós iha-ne'ebé labele ne'e tenke husi rasik ida-idak",
    "tg": "ва дар бо аз ки ба барои ҳар ин он як ё хуқуқ дорад инсон шавад бояд ҳуқуқ худ мебошад аст озод карда кас ҳақ мумкин намояд тамоми",
    "ti": "ናይ ኣብ እዩ ወይ ከምኡ ውን ሰብ መሰል ኣለዎ ዝኾነ ኩሉ ነቲ ብ ካብ እቲ ከም ነዚ ዘለዎ ምስ ናብ ክኸውን ኣይግባእን ነፍሲ ሰባት ንኹሉ እዚ ኢዩ ምዃን ዓለም ንኣ ውልቀ ምእንቲ",
    "tk": "we bir bu bilen üçin her öz bolan hem ýa-da hukugy bar hukuga adamyň eýedir ol onuň adam ýa başga bolmaga ynsan ве бир билен үчин хер өз хем я-да ынсан hem-de ýurduň haklary ynsanyň адам хукуга онуң ва хемме хак hakyky ýaly bolsun deňdir deň hemme hukuklary tarapyndan esasynda hiç hiç-hili degişli bolmalydyr edilmelidir öň her-bir ýurt döwlet",
    "tn": "le ya go ka tse o e ba fa motho mongwe na tshwanelo gore kgotsa mang a sa wa botlhe ke gagwe tsa bo nngwe di ditshwanelo yotlhe fela kwa mo jaaka",
    "to": "ʻa ʻe ʻo mo ki he ʻi ke ha pe ʻoku kotoa totonu tangata ne fakalao ʻene ʻikai te nau ia taha koloa ni ai mei kae 'a 'e 'o 'i 'oku 'ene 'ikai e a mu'a kakai kotoape 'a-e tau'ataina ngaahi pē fakatatau kau fai ngāue me'a pule'anga mamani honau fonua kuo pea na'e",
    "tpi": "bilong long na ol i olgeta man meri wok samting dispela tu o save wanpela ken sapos mas em raits gat no taim wankain husat arapela kamap kain ples",
    "tr": "ve bir bu için ile olarak olan da de daha en çok veya olduğu gibi kadar sonra tarafından ise her ne ya göre hakkı herkesin haiz",
    "tzm": "ⵏ ⴷ ⵉ ⴳ ⵙ ⵓⵔ ⴰⴷ ⵖ ⵏⵏⴰ d n s i g ad ur is akk ɣ ɣef ar seg di deg win izerfan azref amdan yal ula ak ag iḍ yiwen am yegren illa w",
    "uk": "і в на з та для до про що від за не у або як при це по щодо його також які яка є кожна людина має право повинен повинна її без може бути ніхто своїх прав свою",
    "ur": "اور کے میں کی ہے کا کو سے پر نہیں یا ہیں اس کہ حق شخص ہر کسی لئے بھی کرنے کیا جو ہو جائے اپنے ایک وہ انسان",
    "uz": "va bilan uchun bu har bir o‘z ham yoki bo‘lgan huquqiga ega inson emas kerak uning kishi egadir ва билан учун ҳар бир ўз ҳам ёки бўлган ҳуқуқига эга инсон эмас керак унинг киши huquq shaxs hamma bo‘lishi о ё у шахс ҳуқуқ бўлиши",
    "vi": "và của các là có trong cho được với không một những để này về đã người theo mọi quyền đều hay bất",
    "wo": "ak ci ku bi te ba mu na la nit lu du am wala yi ku nekk sañ-sañ yépp doomi-aadama ñu moom ni di ko bépp muñ bu walla lépp boppam",
    "xh": "kwaye okanye ngokuba umntu wonke ubani unelungelo ilungelo lokuba kufuneka ukuba ngaphandle kunye nabani akukho ne kwa ku na yakhe wakhe bonke kananjalo ngokubanzi loo lo kuba abantu",
    "yo": "ni àti tí sí ó ti a wọn kan ẹni láti ènìyàn ẹnì kọ̀ọ̀kan ẹ̀tọ́ tàbí fún bá kò gbogbo pẹ̀lú lè gbọ́dọ̀ rẹ̀ nínú náà wà",
    "zdj": "na ya wa ha wo ye ho mndru hana kula mwana-adamu kayina hakuna haki hayina ndo wandru zo ne le pvo ata yahe mdru hakiki dja kulakula pvwapvo mwana adamu yapvo kayitso ngena hawu hata ndrwani yaka yani zaho waho mwanadamu ulawa kulawa",
    "zu": "futhi noma ukuthi ngoba umuntu wonke unelungelo ilungelo lokuba kumele kanye ngaphandle akekho ne kwa ku na yakhe wakhe bonke ngokuthi nanoma lapho abantu kufanele njengoba kungaba",
}  # fmt: skip
UNSURE = frozenset(["ay", "qu"])
"""Languages of many written forms: their words keep others from being guessed, but are not enough to claim them."""
CLAIMED = frozenset(_WORDS) - UNSURE
"""Languages that the small words tell (at least 95 % right on 500 characters, benchmarks/language.py)."""

ENOUGH = 0.12
"""Least share of small words: running text has 25-50 %, lists of names next to none."""
LEAD = 1.05
"""By how much the first language must lead the second."""
FEW = 0.045
"""Least share where words are long and small ones few (Zulu, Quechua, Amharic)."""
NEXT_TO_NONE = 0.02
"""Below this share a text is not in the language, whatever its letters look like: a neighbour, or a list."""
FAR = 1.8
"""By how much the first language must lead the second where small words are few."""
FAMILIES = (
    frozenset({"bs", "hr", "sr"}),
    frozenset({"no", "da"}),
    frozenset({"id", "ms"}),
    frozenset({"xh", "zu"}),
    frozenset({"cs", "sk"}),
    frozenset({"rn", "rw"}),
)
"""Languages so alike that only their order is told by small words, not their distance."""
_APOSTROPHES = str.maketrans({**dict.fromkeys("’‘ʻʼ`", "'"), "፡": " ", "።": " "})
_AROUND = ".,;:!?()[]{}«»\"'“”„‘’…·•|/\\،؛؟।॥·"

LANGUAGES: dict[str, list[str]] = {}
"""Small word to the languages that use it."""
for _language, _words in _WORDS.items():
    for _word in dict.fromkeys(_words.translate(_APOSTROPHES).split()):
        LANGUAGES.setdefault(_word, []).append(_language)


@lru_cache(maxsize=8)
def shares(text: str) -> Mapping[str, float]:
    """Share of small words among the words of the text, by language. A text is asked about several times in a row."""
    words = unicodedata.normalize("NFC", text).lower().translate(_APOSTROPHES).split()
    counts: Counter[str] = Counter()
    for word in words:
        for code in LANGUAGES.get(word.strip(_AROUND), ()):
            counts[code] += 1
    return {code: number / len(words) for code, number in counts.items()}


def guess(text: str) -> str:
    """The language whose small words fill the text, clearly more than any other's; else "".

    >>> guess("The ministry is responsible for the health of the people and for their schools.")
    'en'
    """
    found = shares(text)
    if not found:
        return ""
    best = max(found, key=lambda code: found[code])
    family = next((one for one in FAMILIES if best in one), frozenset([best]))
    second = max((share for code, share in found.items() if code not in family), default=0.0)
    clear = found[best] >= ENOUGH and found[best] >= LEAD * second
    return best if clear or (found[best] >= FEW and found[best] >= FAR * second) else ""


def any_other(language: str, text: str) -> bool:
    """Do the small words speak for another language than this one?

    A list of names, dates or headings has none of any: then nothing speaks against the author's declaration.
    """
    own, best = _own_and_best_other(language, text)
    return best >= ENOUGH and best > LEAD * own


def confirms(language: str, text: str) -> bool:
    """Are the small words of the text those of this language, more than of any other?

    >>> confirms("en", "The ministry is responsible for the health of the people and for their schools.")
    True
    """
    own, best = _own_and_best_other(language, text)
    return own >= FEW and own > best


def _own_and_best_other(language: str, text: str) -> tuple[float, float]:
    found = shares(text)
    return found.get(language, 0.0), max((share for code, share in found.items() if code != language), default=0.0)
