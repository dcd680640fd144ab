import { useEffect, type ReactNode } from 'react';

/** Every page's frame: its name in the window and as its one heading, what it is for, what one can do. */
export function Page({
  title,
  about,
  actions,
  children,
}: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Cloudkeep`;
  }, [title]);
  return (
    <>
      <header className="page-header">
        <div>
          <h1>{title}</h1>
          {about && <p>{about}</p>}
        </div>
        {actions && <div className="row">{actions}</div>}
      </header>
      {children}
    </>
  );
}

/** A part of a page with a heading. */
export function Card({
  title,
  about,
  actions,
  danger,
  children,
}: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly danger?: boolean;
  readonly children?: ReactNode;
}) {
  return (
    <section className={danger ? 'card danger' : 'card'}>
      <div className="card-header">
        <div>
          <h2>{title}</h2>
          {about && <p>{about}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
