"""Scrapy's settings. What depends on the command line is added in `crawl.py`."""

from crawler import __version__

BOT_NAME = "egov"
SPIDER_MODULES = ["crawler.spiders"]
USER_AGENT = f"egov/{__version__}"
ROBOTSTXT_USER_AGENT = "egov"

SCHEDULER = "crawler.scheduler.FrontierScheduler"
TWISTED_DNS_RESOLVER = "crawler.fetch.egress.FilteringResolver"
ITEM_PIPELINES = {
    "crawler.pipelines.ReadPipeline": 100,
    "crawler.pipelines.KeepPipeline": 200,
}
DOWNLOADER_MIDDLEWARES = {
    # Our own, since Scrapy's takes a failing robots.txt for a permission.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Nobody logs in anywhere, and nobody reads these counts.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
    "crawler.middlewares.ScopeMiddleware": 90,
    "crawler.middlewares.RobotsMiddleware": 100,
    "crawler.transport.TransportMiddleware": 110,
    # The last to see a request before it is sent, the first to hear what became of it.
    "crawler.politeness.CourtesyMiddleware": 800,
}
# Links are queued by the storage pipeline, and every status is an answer worth keeping.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
}
EXTENSIONS = {
    "crawler.extensions.Watch": 10,
    "crawler.losses.Losses": 20,
    "crawler.politeness.NightWatch": 20,
    "scrapy.extensions.telnet.TelnetConsole": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.logstats.LogStats": None,
}
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
DOWNLOAD_HANDLERS = {
    "http": "crawler.fetch.download.Downloads",
    "https": "crawler.fetch.download.Downloads",
    "file": None,
    "ftp": None,
    "s3": None,
    "data": None,
}

CONCURRENT_REQUESTS = 16
# A response gives one item; Scrapy starts so many tasks for each response, needed or not.
CONCURRENT_ITEMS = 1
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
# A floor is a floor: Scrapy's own default takes up to half of a delay away.
DOWNLOAD_DELAY_JITTER = 0.0
# Seconds from the look-up of the name to the last byte of the body, so that dripping servers hold no slot longer.
# An address takes at most (REDIRECT_MAX_TIMES + 1) * (RETRY_TIMES + 1) of them, and most take one.
DOWNLOAD_TIMEOUT = 30
DNS_TIMEOUT = 15
# Bytes of a body, as sent and as unpacked. Sixteen at once fit into memory; sixteen of Scrapy's 1 GiB would not.
DOWNLOAD_MAXSIZE = 12 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_FAIL_ON_DATALOSS = False
COOKIES_ENABLED = False
REDIRECT_MAX_TIMES = 8
# What a page refreshes to is a link of it (`page.refresh`): pages that reload themselves would never be read.
METAREFRESH_ENABLED = False
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 503, 504, 408, 429]
DEFAULT_REQUEST_HEADERS = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5", "Accept-Language": "*"}
LOG_LEVEL = "WARNING"
