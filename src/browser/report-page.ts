/** The script of a report's page. It is bundled with the drawing of charts and written into each page. */
export {};
