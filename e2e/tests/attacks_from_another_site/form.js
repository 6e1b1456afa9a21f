// Sends a form to another site as a person's next page. As text/plain its one field reads as JSON.
const [{ to, enctype, body }] = arguments;
const form = Object.assign(document.createElement("form"), { method: "POST", action: to, enctype });
const field = (name, value) => form.append(Object.assign(document.createElement("input"), { name, value }));
if (enctype === "text/plain") field(`${JSON.stringify(body).slice(0, -1)},"pad":"`, '"}');
else for (const [name, value] of Object.entries(body)) field(name, typeof value === "string" ? value : JSON.stringify(value));
document.body.append(form);
form.submit();
