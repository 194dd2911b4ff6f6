import { Redirect, Route, Switch, useLocation, useSearchParams } from "wouter";
import { LoginPage } from "@/features/account/LoginPage";
import { loginPath, safeNext } from "@/features/account/next-path";
import { RegisterPage } from "@/features/account/RegisterPage";
import { SettingsPage } from "@/features/settings/SettingsPage";
import type { OwnUser } from "@/shared/api/wire";
import { useChat } from "@/shared/chat/client-context";
import { ToastList } from "@/shared/ui/ToastList";
import { ChatShell } from "./ChatShell";
import { NotFoundPage } from "./NotFoundPage";
import { StartingPage } from "./StartingPage";
import { useLogout } from "./useLogout";
import { WelcomePage } from "./WelcomePage";

export function App() {
  const me = useChat((state) => state.me);
  return (
    <>
      {me === undefined ? <StartingPage /> : me ? <SignedIn me={me} /> : <SignedOut />}
      <ToastList />
    </>
  );
}

function SignedOut() {
  return (
    <Switch>
      <Route path="/" component={WelcomePage} />
      <Route path="/login" component={LoginPage} />
      <Route path="/register" component={RegisterPage} />
      <Route path="/chat/*?" component={ToLogin} />
      <Route path="/settings" component={ToLogin} />
      <Route component={NotFoundPage} />
    </Switch>
  );
}

function ToLogin() {
  const [path] = useLocation();
  return <Redirect to={loginPath(path)} replace />;
}

function SignedIn({ me }: { me: OwnUser }) {
  const { logout, dialog } = useLogout();
  return (
    <>
      <Switch>
        <Route path="/chat/:roomId?/:seq?">
          {({ roomId, seq }) => <ChatShell me={me} roomId={roomId ?? null} seq={seq ?? null} onLogout={logout} />}
        </Route>
        <Route path="/settings">
          <SettingsPage me={me} onLogout={logout} />
        </Route>
        <Route path="/" component={Onwards} />
        <Route path="/login" component={Onwards} />
        <Route path="/register" component={Onwards} />
        <Route component={NotFoundPage} />
      </Switch>
      {dialog}
    </>
  );
}

function Onwards() {
  const [search] = useSearchParams();
  return <Redirect to={safeNext(search.get("next"))} replace />;
}
