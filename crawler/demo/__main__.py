"""Serve the demo country by hand: `python -m crawler.demo --port 8000`."""

import argparse
import sys
import threading

from crawler.demo.country import serve


def main() -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m crawler.demo", description="Serve the demo country on loopback.")
    parser.add_argument("--port", type=int, default=8000, help="the same port on each address; 0 takes a free one")
    port = parser.parse_args().port
    try:
        with serve(port) as country:
            for seed in country.seeds:
                sys.stdout.write(f"{seed['role']:<24}{seed['url']}\n")
            sys.stdout.flush()
            threading.Event().wait()
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        sys.stderr.write(f"{error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
