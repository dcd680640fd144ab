import {
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';

@Injectable()
class LocationInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler<{ readonly id: string }>): Observable<unknown> {
    const http = context.switchToHttp();
    const [path = ''] = http.getRequest<Request>().originalUrl.split('?');
    return next.handle().pipe(
      map((made) => {
        http.getResponse<Response>().setHeader('Location', `${path.replace(/\/$/, '')}/${made.id}`);
        return made;
      }),
    );
  }
}

/** Tells in `Location` where what was created is: below the address it was posted to, by its id. */
export function LocatedById(): MethodDecorator {
  return UseInterceptors(LocationInterceptor);
}
