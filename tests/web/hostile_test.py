"""The search page on articles that mean harm, are of great length, or run from right to left."""
import browser
from browser import readout

SCRIPT = "<script>alert(1)</script>"
IMAGE = "<img src=x onerror=alert(1)>"
ARTICLES = [
    {"id": "\"><img src=x onerror=alert(1)>/#'", "title": "Harm " + SCRIPT + IMAGE + " &lt;b&gt; ]]>",
     "source": "\"><svg onload=alert(1)>", "language": "en", "url": "javascript:alert(1)",
     "byline": IMAGE, "published": "2025-02-18T09:30:00Z",
     "body": "RIYADH - Russian Foreign Minister Sergey Lavrov met U.S. Secretary of State Marco Rubio in "
             "Riyadh on Tuesday for harm talks. " + SCRIPT + "\nThey agreed to allow harm " + IMAGE +
             " on every page. \"We want " + SCRIPT + " harm,\" Lavrov said."},
    {"id": "data", "title": "Harm by data", "url": "data:text/html," + SCRIPT, "language": "\" onclick=\"alert(1)",
     "source": "A & \"B\" \\", "published": "2025-03-01", "body": "Harm \u0001 \u202e and \ud83d\ude00 emoji \ud83d\ude00 before harm."},
    {"id": "long", "title": "Harm" + "-of-great-length" * 60, "source": "S" * 400, "language": "en",
     "published": "2025-04-01", "body": "Harm " + "x" * 5000 + " harm. " + "Word " * 3000},
    {"id": "untitled", "title": "", "language": "en", "published": "1950-01-01", "body": "Harm without a title."},
    {"id": "arabic", "title": "محادثات الرياض (harm) تنتهي", "language": "ar", "source": "الجريدة",
     "published": "2025-02-19", "body": "الرياض - انتهت المحادثات harm في الرياض يوم الثلاثاء.\nوقال الوزير Lavrov إن \"الحوار\" مستمر."},
]

if __name__ == "__main__":
    browser.need()
    with readout.Directory() as directory:
        with readout.Daemon(readout.build_index(directory, ARTICLES)) as daemon:
            browser.run("hostile.js", "http://127.0.0.1:%d/" % daemon.port)
