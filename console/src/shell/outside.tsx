import { Outlet } from 'react-router';

/** Around the pages for strangers. */
export function Outside() {
  return (
    <div className="outside">
      <header className="brand">
        <img src="/console/cloudkeep.svg" alt="" />
        Cloudkeep
      </header>
      <main>
        <Outlet />
      </main>
    </div>
  );
}
