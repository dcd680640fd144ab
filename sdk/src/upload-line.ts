import type { HttpRequest, HttpResponse, HttpStack } from 'tus-js-client';

interface NodeRequest {
  once?: (event: 'close', listener: () => void) => void;
}

/**
 * The requests of tus-js-client. In Node it does not notice that an answer breaks off, and waits
 * for the rest for ever; in browsers it does.
 */
export function watchedLine(line: HttpStack): HttpStack {
  return {
    getName: () => line.getName(),
    createRequest: (method, url) => {
      const request = line.createRequest(method, url);
      const send = request.send.bind(request);
      request.send = (body: unknown) => untilClosed(request, send(body));
      return request;
    },
  };
}

function untilClosed(request: HttpRequest, answer: Promise<HttpResponse>): Promise<HttpResponse> {
  const underlying = request.getUnderlyingObject() as NodeRequest | null;
  const closed = new Promise<never>((_, reject) => {
    // A whole answer is there by then.
    const breakOff = () => setTimeout(() => reject(new Error('The answer broke off.')), 0);
    underlying?.once?.('close', breakOff);
  });
  return Promise.race([answer, closed]);
}
