"""What pages that are no content say in their title or first headings, by language (BCP 47).

Phrases are separated by bars. They are told apart from content by what stands around them and by the
structure of the page (crawler/page/state.py), so that a phrase may be one that news uses as well.
"""

from crawler.items import Reason

NOT_FOUND = {
    "en": "page not found | page cannot be found | page can't be found | page could not be found | page does not exist |"
    " page doesn't exist | page you requested could not be found | page you are looking for | file not found |"
    " not found | page no longer exists | content not found | page is not available | page is missing |"
    " resource cannot be found | nothing was found at this location",
    "fr": "page non trouvée | page introuvable | page n'existe pas | page demandée n'existe pas | page n’existe pas |"
    " page demandée est introuvable | contenu introuvable | page inexistante | cette page n'existe plus",
    "es": "página no encontrada | pagina no encontrada | página no existe | página solicitada no existe |"
    " no se encontró la página | no se ha encontrado la página | no encontramos la página |"
    " página no se encuentra | página no disponible | página que busca no existe | recurso no encontrado",
    "pt": "página não encontrada | página não existe | página solicitada não foi encontrada | conteúdo não encontrado |"
    " não foi possível encontrar a página | esta página não existe | página inexistente",
    "ru": "страница не найдена | страница не существует | страницы не существует | запрашиваемая страница не найдена |"
    " такой страницы нет | страница отсутствует | документ не найден",
    "ar": "الصفحة غير موجودة | لم يتم العثور على الصفحة | الصفحة المطلوبة غير موجودة | الصفحة التي تبحث عنها |"
    " عذرا الصفحة غير موجودة | الصفحة غير متوفرة | صفحة غير موجودة",
    "zh": "页面不存在 | 找不到页面 | 页面未找到 | 您访问的页面不存在 | 您访问的页面找不到了 | 页面找不到 | 网页不存在 |"
    " 頁面不存在 | 找不到網頁 | 找不到頁面 | 無法找到頁面 | 页面没有找到 | 页面走丢了 | 您要查看的页面",
    "de": "seite nicht gefunden | seite wurde nicht gefunden | seite konnte nicht gefunden werden | seite existiert nicht |"
    " inhalt nicht gefunden | seite nicht vorhanden",
    "it": "pagina non trovata | pagina non esiste | pagina inesistente | pagina richiesta non è stata trovata |"
    " la pagina richiesta non esiste | contenuto non trovato",
    "nl": "pagina niet gevonden | pagina bestaat niet | pagina is niet gevonden | pagina kan niet worden gevonden",
    "pl": "nie znaleziono strony | strona nie istnieje | strona nie została znaleziona | strony nie znaleziono",
    "uk": "сторінку не знайдено | сторінка не знайдена | сторінка не існує | сторінки не існує",
    "bg": "страницата не е намерена | страницата не съществува",
    "sr": "страница није пронађена | stranica nije pronađena | strana nije pronađena",
    "hr": "stranica nije pronađena | stranica ne postoji",
    "cs": "stránka nenalezena | stránka nebyla nalezena | stránka neexistuje",
    "sk": "stránka nenájdená | stránka nebola nájdená | stránka neexistuje",
    "sl": "stran ni bila najdena | stran ne obstaja",
    "hu": "az oldal nem található | a keresett oldal nem található | oldal nem található",
    "ro": "pagina nu a fost găsită | pagină negăsită | pagina nu există | pagina negasita",
    "el": "η σελίδα δεν βρέθηκε | σελίδα δεν βρέθηκε | η σελίδα δεν υπάρχει",
    "tr": "sayfa bulunamadı | aradığınız sayfa bulunamadı | sayfa mevcut değil",
    "az": "səhifə tapılmadı", "kk": "бет табылмады | парақ табылмады", "uz": "sahifa topilmadi", "mn": "хуудас олдсонгүй",
    "ka": "გვერდი ვერ მოიძებნა | გვერდი არ მოიძებნა", "hy": "էջը չի գտնվել | էջը չգտնվեց",
    "fa": "صفحه یافت نشد | صفحه مورد نظر یافت نشد | صفحه پیدا نشد", "ur": "صفحہ نہیں ملا",
    "he": "הדף לא נמצא | העמוד לא נמצא | הדף המבוקש לא נמצא",
    "hi": "पृष्ठ नहीं मिला | पेज नहीं मिला", "bn": "পৃষ্ঠা পাওয়া যায়নি | পাতাটি পাওয়া যায়নি", "ne": "पृष्ठ फेला परेन",
    "th": "ไม่พบหน้า | ไม่พบหน้าเว็บ", "vi": "không tìm thấy trang | trang không tồn tại | không tìm thấy nội dung",
    "id": "halaman tidak ditemukan | halaman tidak tersedia", "ms": "halaman tidak dijumpai | laman tidak dijumpai",
    "ja": "ページが見つかりません | ページが見つかりませんでした | お探しのページ | ページは存在しません",
    "ko": "페이지를 찾을 수 없습니다 | 요청하신 페이지 | 존재하지 않는 페이지",
    "km": "រកមិនឃើញទំព័រ", "my": "စာမျက်နှာ ရှာမတွေ့ပါ", "am": "ገጹ አልተገኘም", "sw": "ukurasa haukupatikana",
    "sv": "sidan hittades inte | sidan kunde inte hittas | sidan finns inte", "no": "siden ble ikke funnet | siden finnes ikke",
    "da": "siden blev ikke fundet | siden findes ikke", "fi": "sivua ei löydy | sivua ei löytynyt",
    "et": "lehte ei leitud", "lv": "lapa nav atrasta", "lt": "puslapis nerastas", "is": "síða fannst ekki",
    "sq": "faqja nuk u gjet", "ca": "pàgina no trobada | no s'ha trobat la pàgina",
}  # fmt: skip

MAINTENANCE = {
    "en": "under maintenance | site under maintenance | website under maintenance | site is under maintenance |"
    " website is under maintenance | portal is under maintenance | system under maintenance | undergoing scheduled maintenance |"
    " site under construction | website under construction | site is under construction | website is under construction |"
    " page under construction | site coming soon | website coming soon | maintenance mode | site maintenance | website maintenance | down for maintenance | scheduled maintenance |"
    " undergoing maintenance | we'll be back soon | we will be back soon | we'll be right back | be right back |"
    " temporarily unavailable | temporarily out of service | site is offline | site offline | under construction |"
    " coming soon | temporarily down | service unavailable | website is currently unavailable",
    "fr": "en maintenance | site en maintenance | maintenance en cours | en construction | site en construction | page en construction | portail en maintenance | en cours de maintenance |"
    " temporairement indisponible | momentanément indisponible | de retour bientôt | service indisponible",
    "es": "en mantenimiento | sitio en mantenimiento | portal en mantenimiento | página en mantenimiento | web en mantenimiento |"
    " sitio en construcción | página en construcción | portal en construcción | en construcción | temporalmente fuera de servicio | volvemos pronto |"
    " temporalmente no disponible | servicio no disponible | estamos mejorando | mantenimiento programado",
    "pt": "em manutenção | site em manutenção | portal em manutenção | sistema em manutenção | em construção |"
    " site em construção | página em construção | temporariamente indisponível | voltamos em breve | serviço indisponível |"
    " manutenção programada",
    "ru": "технические работы | на сайте ведутся технические работы | сайт на обслуживании | сайт временно недоступен | сайт в разработке | сайт закрыт |"
    " ведутся технические работы | временно недоступен | сервис временно недоступен | сайт находится в разработке |"
    " сайт на реконструкции",
    "ar": "تحت الصيانة | الموقع قيد الصيانة | قيد الصيانة | الموقع تحت الإنشاء | قيد الإنشاء | غير متاح مؤقتا | الموقع مغلق مؤقتا |"
    " تحت التطوير",
    "zh": "网站维护中 | 网站正在维护 | 系统正在升级 | 系统维护中 | 正在维护 | 维护中 | 网站建设中 | 暂时无法访问 | 系统升级 | 網站維護中 | 系統維護中 | 網站建置中",
    "de": "wartungsarbeiten | wartungsmodus | wird gewartet | in wartung | vorübergehend nicht erreichbar |"
    " vorübergehend nicht verfügbar | seite im aufbau | bald wieder da",
    "it": "in manutenzione | sito in manutenzione | in costruzione | sito in costruzione | temporaneamente non disponibile | torniamo presto",
    "nl": "in onderhoud | onderhoud | tijdelijk niet beschikbaar | tijdelijk niet bereikbaar | website in aanbouw",
    "pl": "przerwa techniczna | prace konserwacyjne | strona w budowie | chwilowo niedostępna | tymczasowo niedostępna",
    "uk": "технічні роботи | сайт на обслуговуванні | сайт тимчасово недоступний | сайт у розробці",
    "cs": "probíhá údržba | údržba webu | stránky jsou ve výstavbě | dočasně nedostupné",
    "hu": "karbantartás alatt | karbantartás miatt | az oldal karbantartás alatt áll | fejlesztés alatt",
    "ro": "în mentenanță | in mentenanta | site în construcție | temporar indisponibil | în întreținere",
    "el": "υπό συντήρηση | εκτός λειτουργίας | υπό κατασκευή | προσωρινά μη διαθέσιμη",
    "tr": "bakım çalışması | site bakımda | sitemiz bakımda | bakımdayız | bakım modunda | yapım aşamasında | bakım nedeniyle",
    "az": "texniki işlər", "ka": "მიმდინარეობს ტექნიკური სამუშაოები", "hy": "տեխնիկական աշխատանքներ",
    "fa": "در دست تعمیر | سایت در حال به روز رسانی | در حال بروزرسانی | در دست ساخت", "he": "האתר בתחזוקה | האתר בבנייה",
    "hi": "रखरखाव के अधीन | निर्माणाधीन", "bn": "রক্ষণাবেক্ষণ চলছে | নির্মাণাধীন", "th": "ปิดปรับปรุง | ปิดปรับปรุงชั่วคราว",
    "vi": "đang bảo trì | bảo trì hệ thống | đang xây dựng", "id": "sedang dalam perbaikan | dalam pemeliharaan | sedang dalam pemeliharaan",
    "ms": "dalam penyelenggaraan | sedang diselenggara", "ja": "メンテナンス中 | ただいまメンテナンス中 | 工事中", "ko": "점검 중 | 시스템 점검 | 시스템 점검 중 | 서비스 점검 중 | 공사중",
    "sv": "underhåll pågår | under underhåll | tillfälligt otillgänglig", "fi": "huoltokatko | huoltotauko", "sw": "matengenezo",
}  # fmt: skip

BLOCKED = {
    "en": "access denied | access forbidden | 403 forbidden | request rejected | request blocked | you have been blocked |"
    " attention required! | just a moment | checking your browser | pardon our interruption | web page blocked |"
    " human verification | security check | are you a robot | verify you are human | verifying you are human |"
    " making sure you're not a bot | your access to this site has been limited | web application firewall |"
    " not available in your country | not available in your region | please wait while we check | one moment, please |"
    " request unsuccessful | the request is blocked | blocked by administrator | ddos protection",
    "fr": "accès refusé | accès interdit | accès bloqué | vérification de sécurité | un instant",
    "es": "acceso denegado | acceso prohibido | acceso bloqueado | solicitud rechazada | verificación de seguridad | un momento",
    "pt": "acesso negado | acesso bloqueado | acesso proibido | verificação de segurança | um momento",
    "ru": "доступ запрещен | доступ запрещён | доступ ограничен | доступ заблокирован | проверка браузера |"
    " вы не робот | подтвердите, что вы не робот | проверка безопасности",
    "ar": "تم رفض الوصول | الوصول مرفوض | تم حظر الوصول | غير مسموح بالدخول | التحقق الأمني",
    "zh": "访问被拒绝 | 禁止访问 | 访问受限 | 您的访问被阻断 | 安全验证 | 人机验证 | 網站防火牆 | 网站防火墙 | 拒绝访问 | 访问被拦截 | 存取被拒",
    "de": "zugriff verweigert | zugriff gesperrt | zugang verweigert | sicherheitsüberprüfung | einen moment",
    "it": "accesso negato | accesso bloccato | verifica di sicurezza", "nl": "toegang geweigerd | toegang geblokkeerd",
    "pl": "odmowa dostępu | dostęp zabroniony | brak dostępu", "uk": "доступ заборонено | доступ обмежено",
    "tr": "erişim engellendi | erişim reddedildi | güvenlik doğrulaması", "fa": "دسترسی غیرمجاز | دسترسی مسدود | در حال انتقال به سایت مورد نظر",
    "el": "δεν επιτρέπεται η πρόσβαση", "cs": "přístup odepřen", "hu": "hozzáférés megtagadva", "ro": "acces interzis | acces refuzat",
    "vi": "truy cập bị từ chối", "id": "akses ditolak | akses diblokir", "th": "การเข้าถึงถูกปฏิเสธ",
    "ja": "アクセスが拒否されました | アクセスできません", "ko": "접근이 거부되었습니다 | 접근이 차단되었습니다", "he": "הגישה נדחתה | הגישה נחסמה",
}  # fmt: skip

PARKED = {
    "en": "domain is for sale | domain name is for sale | domain may be for sale | domain for sale | buy this domain |"
    " is for sale | domain is parked | parked domain | domain parking | domain has expired | domain name has expired |"
    " this domain is registered | account suspended | account has been suspended | website suspended | site suspended |"
    " apache2 ubuntu default page | apache2 debian default page | apache2 default page | welcome to nginx |"
    " iis windows server | internet information services | default web site page | domain default page |"
    " test page for the apache http server | test page for the nginx http server | http server test page |"
    " future home of something quite cool | web server's default page | congratulations! litespeed |"
    " site not configured | default plesk page",
    "fr": "domaine est à vendre | domaine à vendre | domaine a expiré | domaine expiré | compte suspendu | site suspendu |"
    " nom de domaine est réservé",
    "es": "dominio en venta | dominio está en venta | dominio ha caducado | dominio expirado | dominio aparcado | cuenta suspendida |"
    " sitio suspendido | dominio vencido",
    "pt": "domínio à venda | domínio está à venda | domínio expirado | conta suspensa | site suspenso | domínio estacionado",
    "ru": "домен продается | домен продаётся | домен припаркован | срок регистрации домена истек | домен не привязан |"
    " сайт заблокирован хостинг-провайдером | срок действия домена истек | домен зарегистрирован | аккаунт заблокирован",
    "ar": "النطاق معروض للبيع | هذا النطاق للبيع | انتهت صلاحية النطاق | الحساب موقوف | تم إيقاف الموقع",
    "zh": "域名出售 | 此域名正在出售 | 域名已过期 | 域名停放 | 网站已暂停 | 站点已暂停 | 没有找到站点 | 恭喜，站点创建成功 | 域名到期",
    "de": "domain steht zum verkauf | domain ist zu verkaufen | domain zu verkaufen | domain ist geparkt | domain geparkt |"
    " hier entsteht eine neue internetpräsenz",
    "it": "dominio in vendita | dominio è in vendita | dominio scaduto | sito sospeso | dominio registrato",
    "nl": "domein te koop | domeinnaam is te koop | domein is verlopen | gereserveerd domein",
    "pl": "domena na sprzedaż | domena jest na sprzedaż | domena wygasła | strona zawieszona",
    "uk": "домен продається | домен припарковано", "tr": "alan adı satılık | bu alan adı satılıktır | hesap askıya alındı",
    "ja": "ドメインは販売中 | このドメインは", "ko": "도메인 판매", "vi": "tên miền đang được rao bán | tài khoản bị tạm ngưng",
    "id": "domain dijual | akun ditangguhkan", "fa": "این دامنه به فروش می‌رسد | دامنه منقضی شده | حساب مسدود شده",
    "cs": "doména je na prodej", "hu": "domain eladó", "ro": "domeniu de vânzare | cont suspendat", "el": "το domain πωλείται",
}  # fmt: skip

CONSENT = {
    "en": "before you continue | cookie consent | we value your privacy | your privacy choices | we care about your privacy",
    "fr": "avant de continuer | nous respectons votre vie privée | votre vie privée",
    "es": "antes de continuar | valoramos su privacidad | consentimiento de cookies",
    "pt": "antes de continuar | valorizamos a sua privacidade", "ru": "прежде чем продолжить | согласие на использование cookie",
    "ar": "قبل المتابعة | نحن نقدر خصوصيتك", "zh": "在继续之前 | 我们重视您的隐私", "it": "prima di continuare",
    "de": "bevor sie fortfahren | wir schätzen ihre privatsphäre | cookie-einwilligung", "nl": "voordat je verdergaat | voordat u verdergaat",
    "pl": "zanim przejdziesz dalej", "tr": "devam etmeden önce", "sv": "innan du fortsätter", "da": "før du fortsætter",
}  # fmt: skip

SIGN_IN = {
    "en": "log in | login | sign in | signin | log on | my account | sign up | register | members area | dashboard | webmail",
    "fr": "connexion | se connecter | mon compte | s'identifier | identification | mon espace | s'inscrire",
    "es": "iniciar sesión | inicio de sesión | ingresar | acceder | mi cuenta | acceso | registrarse | entrar | mi carpeta",
    "pt": "entrar | iniciar sessão | acessar | minha conta | login | área reservada | autenticação",
    "ru": "войти | вход | личный кабинет | авторизация | регистрация", "uk": "увійти | вхід | особистий кабінет | кабінет",
    "ar": "تسجيل الدخول | دخول | حسابي | التسجيل", "zh": "登录 | 登陆 | 登入 | 个人中心 | 注册 | 用户登录",
    "de": "anmelden | anmeldung | einloggen | mein konto | registrieren", "it": "accedi | accesso | area riservata | area personale | entra",
    "nl": "inloggen | aanmelden | mijn account", "pl": "zaloguj | logowanie | moje konto", "tr": "giriş | oturum aç | üye girişi",
    "fa": "ورود | ثبت نام", "el": "σύνδεση | είσοδος", "cs": "přihlásit | přihlášení", "hu": "bejelentkezés", "ro": "autentificare | conectare",
    "vi": "đăng nhập", "id": "masuk", "th": "เข้าสู่ระบบ", "ja": "ログイン", "ko": "로그인", "sv": "logga in", "fi": "kirjaudu", "da": "log ind",
    "no": "logg inn", "he": "התחברות | כניסה", "hi": "लॉगिन", "bg": "вход", "et": "logi sisse | sisene",
}  # fmt: skip

ONLY_ALONE = frozenset(
    [
        "not found", "coming soon", "under construction", "under maintenance", "scheduled maintenance", "is for sale",
        "security check", "human verification", "ddos protection", "just a moment", "un instant", "un momento",
        "um momento", "einen moment", "en construction", "en construcción", "en maintenance", "en mantenimiento",
        "em construção", "em manutenção", "in costruzione", "in manutenzione", "in onderhoud", "onderhoud",
        "wartungsarbeiten", "in wartung", "технические работы", "технічні роботи", "доступ ограничен", "доступ обмежено",
        "сайт закрыт", "bakım çalışması", "matengenezo", "工事中", "维护中", "系统升级", "시스템 점검", "점검 중",
        "安全验证", "your privacy choices", "votre vie privée", "web application firewall",
    ]
)  # fmt: skip
"""Phrases that content begins with as well: they count only where nothing else is said."""

BY_REASON = {
    Reason.NOT_FOUND: NOT_FOUND,
    Reason.MAINTENANCE: MAINTENANCE,
    Reason.BLOCKED: BLOCKED,
    Reason.PARKED: PARKED,
    Reason.CONSENT_WALL: CONSENT,
    Reason.LOGIN_WALL: SIGN_IN,
}
