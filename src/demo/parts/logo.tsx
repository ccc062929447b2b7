export function Logo() {
  return (
    <span className="demo-logo">
      <img src="/logo.svg" alt="" width="28" height="28" />
      <span>Parley</span>
    </span>
  );
}
