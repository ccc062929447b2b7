import { createRoot } from "react-dom/client";

function Greeting() {
  const hostile = new URLSearchParams(location.search).has("hostile");
  if (hostile) {
    const script = document.createElement("script");
    script.textContent = "document.title = 'Taken over'";
    document.head.append(script);
  }
  return <p>Hello from {location.host}</p>;
}

const root = document.querySelector("#root");
if (root) createRoot(root).render(<Greeting />);
