/** Routes of the dashboard. Each page is loaded when it is opened. */
import type { JSX } from "preact";
import { lazy, Suspense } from "preact/compat";
import { Route, Router, Switch } from "wouter-preact";
import { ownStudentId } from "./api/role";
import { useMessages } from "./i18n/language";
import messages from "./parts/messages";
import { Shell } from "./parts/shell";
import { StudentRoutes } from "./student_app";

const ClassPage = lazy(() => import("./pages/class/class_page"));
const ConceptsPage = lazy(() => import("./pages/concepts/concepts_page"));
const HomePage = lazy(() => import("./pages/home/home_page"));
const ManagePage = lazy(() => import("./pages/manage/manage_page"));
const QuestionsPage = lazy(() => import("./pages/questions/questions_page"));
const StudentPage = lazy(() => import("./pages/student/student_page"));
const TrustPage = lazy(() => import("./pages/trust/trust_page"));

export function App(): JSX.Element {
  const own = ownStudentId();
  return (
    <Router base="/dashboard">
      <Shell>
        <Suspense fallback={null}>{own === null ? <Routes /> : <StudentRoutes own={own} />}</Suspense>
      </Shell>
    </Router>
  );
}

function Routes(): JSX.Element {
  return (
    <Switch>
      <Route path="/">{() => <HomePage />}</Route>
      <Route path="/classes/:group">{({ group }) => <ClassPage group={group} />}</Route>
      <Route path="/classes/:group/students/:student">
        {({ group, student }) => <StudentPage group={group} student={student} />}
      </Route>
      <Route path="/students/:student">{({ student }) => <StudentPage group={null} student={student} />}</Route>
      <Route path="/classes/:group/concepts">{({ group }) => <ConceptsPage group={group} />}</Route>
      <Route path="/classes/:group/questions">{({ group }) => <QuestionsPage group={group} />}</Route>
      <Route path="/classes/:group/trust">{({ group }) => <TrustPage group={group} />}</Route>
      <Route path="/classes/:group/manage">{({ group }) => <ManagePage group={group} />}</Route>
      <Route>{() => <NotFound />}</Route>
    </Switch>
  );
}

function NotFound(): JSX.Element {
  return <h1>{useMessages(messages).notFound}</h1>;
}
