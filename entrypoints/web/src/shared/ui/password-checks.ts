/** What can be told about a new password before asking the server, by field. */
export function complaintsAboutPassword(password: string, confirmation: string): Record<string, string> {
  const length = [...password].length;
  if (length < 8) return { password: "A password has at least 8 characters." };
  if (length > 128) return { password: "A password has at most 128 characters." };
  if (password !== confirmation) return { confirmation: "The two passwords are not the same." };
  return {};
}
