/** The pages of the demo class, for specifications about all of them. */
export const PAGES = {
  class: "/dashboard/classes/demo",
  student: "/dashboard/classes/demo/students/demo-27",
  "student-why": "/dashboard/classes/demo/students/demo-27?target=concept%3Agr_articles",
  concepts: "/dashboard/classes/demo/concepts",
  questions: "/dashboard/classes/demo/questions",
  trust: "/dashboard/classes/demo/trust",
  manage: "/dashboard/classes/demo/manage",
} as const;
