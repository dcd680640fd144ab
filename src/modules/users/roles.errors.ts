import { AppError } from '../../common/errors/app-error.js';

export const RoleErrors = {
  notFound: (name: string) =>
    new AppError({
      status: 404,
      code: 'role_not_found',
      title: 'Role not found',
      detail: `No role ${name}.`,
    }),
  unknown: (name: string) =>
    new AppError({
      status: 400,
      code: 'unknown_role',
      title: 'No such role',
      detail: `The organisation has no role ${name}.`,
      errors: [{ field: 'role', message: 'is not a role of this organisation' }],
    }),
  taken: (name: string) =>
    new AppError({
      status: 409,
      code: 'role_taken',
      title: 'Already taken',
      detail: `There is a role ${name} already.`,
      errors: [{ field: 'name', message: 'is already taken' }],
    }),
  builtIn: (name: string) =>
    new AppError({
      status: 409,
      code: 'role_built_in',
      title: 'Built-in roles stay as they are',
      detail: `The role ${name} is the same everywhere: make one of your own beside it.`,
    }),
  inUse: (name: string, count: number) =>
    new AppError({
      status: 409,
      code: 'role_in_use',
      title: 'The role is in use',
      detail: `The role ${name} is that of ${count === 1 ? 'one user' : `${count} users`}: give them another first.`,
      extensions: { user_count: count },
    }),
  tooMany: (most: number) =>
    new AppError({
      status: 409,
      code: 'too_many_roles',
      title: 'Too many roles',
      detail: `An organisation has at most ${most} roles of its own: delete one first.`,
    }),
};
