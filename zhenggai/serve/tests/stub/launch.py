"""`zhenggai run` on the stand-in project."""

import os
import sys

from zhenggai.serve import prepare, run, website

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "zhenggai.serve.tests.stub.settings"
    prepare.ASSETS, prepare.DEMONSTRATION = "zhenggai.serve.tests.stub.assets", "zhenggai.serve.tests.stub.demo"
    prepare.DAILY = "check"
    website.WORKERS = 1
    sys.exit(run.main(sys.argv[1:]))
