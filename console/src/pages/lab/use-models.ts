import { useQuery } from '@tanstack/react-query';
import { cloudkeep } from '../../api/client';
import { MODELS, type Model } from './keys';

const MOST = 500;

/** The models to choose from, the newest first, the built-in one last. */
export function useModels() {
  return useQuery({
    queryKey: [...MODELS, 'all'],
    queryFn: async ({ signal }) => {
      const models: Model[] = [];
      for await (const model of cloudkeep.pages('/api/v1/lab/models', { query: { limit: 200 }, signal })) {
        models.push(model);
        if (models.length === MOST) break;
      }
      return models;
    },
  });
}
