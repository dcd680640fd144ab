// @ts-check
/** What both sides publish: 200 bytes of text. */
export const LINE = /** @type {const} */ ({
  log_type: 'SYSTEM',
  level: 'info',
  message: 'A line of two hundred bytes. '.repeat(7).slice(0, 200),
});

/** Publishes as many lines as `GET /publish?<count>` asks for. @param {() => void} publish one */
export const publisher =
  (publish) =>
  (
    /** @type {import('node:http').IncomingMessage} */ { url = '' },
    /** @type {import('node:http').ServerResponse} */ response,
  ) => {
    for (let left = Number(url.split('?')[1] ?? 0); left > 0; left--) publish();
    response.writeHead(200, { 'Content-Length': 2 }).end('ok');
  };
