// Runs in every page before its own scripts, and hears whatever of a payload comes to life.
globalThis.__ran = [];
globalThis.__reports = [];
for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = (what) => void __ran.push(`${name}(${what})`);
globalThis.__xss = (what) => void __ran.push(`xss(${what})`);
addEventListener("securitypolicyviolation", (event) =>
  __reports.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`),
);
