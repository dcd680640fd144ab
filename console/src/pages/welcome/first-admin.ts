/** The account that a server makes at its first start where nobody has named one (`ADMIN_EMAIL`). */
export const FIRST_ADMIN = 'admin@localhost';
