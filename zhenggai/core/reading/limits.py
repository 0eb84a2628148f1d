"""How much a reader takes on before it refuses. A hostile file must cost bounded time and memory.

A provincial plan with its task list has about 60,000 characters on 110 pages; every limit is far above that.
"""

MEGABYTE = 1024 * 1024

MAX_BYTES = 100 * MEGABYTE  # of the file as sent
MAX_SECONDS = 120  # for one document
MAX_MEMORY = 4096 * MEGABYTE  # that a process reading one may ask for
MAX_CHARACTERS = 3_000_000  # of text, whatever the format
MAX_PAGES = 2_000
MAX_PIXELS = 120_000_000  # of one picture; an A3 scan at 600 dots an inch has 70 million
MAX_RECOGNISED_PAGES = 300  # pages that are pictures: some seconds each
MAX_BLOCKS = 400_000  # paragraphs and table cells together

MAX_ARCHIVE_ENTRIES = 5_000
MAX_ARCHIVE_TOTAL = 400 * MEGABYTE  # of all entries, unpacked; pictures included
MAX_PART = 64 * MEGABYTE  # of one XML part, unpacked
MAX_PART_RATIO = 250  # unpacked : packed; text of a real .docx stays under 60
RATIO_COUNTS_FROM = MEGABYTE  # smaller parts may be as repetitive as they like

MAX_TABLE_NESTING = 20
MAX_SPAN = 1_000  # rows or columns covered by one cell
MAX_TABLE_PATHS = 20_000  # drawn lines on one PDF page that a table search may look at
