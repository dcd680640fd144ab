import { AppError } from '../../common/errors/app-error.js';

export const ConversationErrors = {
  notFound: (id: string) =>
    new AppError({
      status: 404,
      code: 'conversation_not_found',
      title: 'Conversation not found',
      detail: `No conversation ${id}.`,
    }),
};
