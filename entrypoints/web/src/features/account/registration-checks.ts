import { complaintsAboutPassword } from "@/shared/ui/password-checks";

export interface RegistrationForm {
  username: string;
  name: string;
  email: string;
  password: string;
  confirmation: string;
}

/** What can be told before asking the server, in its own limits. The server has the last word. */
export function complaintsAbout(form: RegistrationForm): Record<string, string> {
  const complaints: Record<string, string> = {};
  const username = [...form.username.trim()].length;
  if (username < 2 || username > 32) complaints.username = "A username has 2 to 32 characters.";
  else if (!/^[\p{L}\p{M}\p{N}_.-]+$/u.test(form.username.trim()))
    complaints.username = "A username is made of letters, digits and _ . -";
  if (form.email.trim() && !/^[^\s@]+@[^\s@]+$/.test(form.email.trim()))
    complaints.email = "This does not look like an email address.";
  return { ...complaints, ...complaintsAboutPassword(form.password, form.confirmation) };
}
