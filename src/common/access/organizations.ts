/** The organisation everybody joins under `TENANCY=single`, made at the first start; it is that of the operator. */
export const DEFAULT_ORGANIZATION_ID = '01900000-0000-7000-8000-000000000001';
