/** Routes for students: their own page. Addresses of classes and of other students lead to no data. */
import type { JSX } from "preact";
import { lazy } from "preact/compat";
import { Link, Redirect, Route, Switch } from "wouter-preact";
import { useMessages } from "./i18n/language";
import loginMessages from "./pages/login/messages";
import messages from "./parts/messages";
import { studentPath } from "./parts/paths";

const StudentPage = lazy(() => import("./pages/student/student_page"));

export function StudentRoutes({ own }: { own: string }): JSX.Element {
  const page = ({ student }: { student: string }) => (student === own ? <StudentPage group={null} student={own} /> : <NotAllowed own={own} />);
  return (
    <Switch>
      <Route path="/">
        <Redirect to={studentPath(null, own)} replace />
      </Route>
      <Route path="/students/:student">{page}</Route>
      <Route path="/classes/:group/students/:student">
        {({ student }) => (student === own ? <Redirect to={`${studentPath(null, own)}${window.location.search}`} replace /> : <NotAllowed own={own} />)}
      </Route>
      <Route>{() => <NotAllowed own={own} />}</Route>
    </Switch>
  );
}

function NotAllowed({ own }: { own: string }): JSX.Element {
  const say = useMessages(messages);
  const { ownPage } = useMessages(loginMessages);
  return (
    <section class="card">
      <h1>{say.notAllowed}</h1>
      <p>
        <Link href={studentPath(null, own)}>{ownPage}</Link>
      </p>
    </section>
  );
}
