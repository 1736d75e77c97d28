/** The story of a level in one or two sentences. */
import type { JSX } from "preact";
import { formatDay, levelPercent } from "../../i18n/format";
import { useLanguage, useMessages } from "../../i18n/language";
import type { Run, Story } from "./level_story";
import messages from "./why_messages";

export function StoryText({ story }: { story: Story }): JSX.Element {
  const say = useMessages(messages);
  const sentence = useSentence(story);
  const isDown = story.kind === "down" || story.kind === "lowered";
  return (
    <p class="note student-story">
      {story.kind !== "none" && <strong>{isDown ? say.tookDown : say.howItStands} </strong>}
      {sentence}
    </p>
  );
}

function useSentence(story: Story): string {
  const say = useMessages(messages);
  const language = useLanguage();
  const day = (moment: string) => formatDay(moment, language);
  const days = ({ from, to }: Run) => (day(from) === day(to) ? say.onDay(day(from)) : say.betweenDays(day(from), day(to)));
  switch (story.kind) {
    case "none":
      return say.noEvidence;
    case "judged":
      return say.judgedAt(day(story.at), levelPercent(story.level));
    case "top": {
      const top = say.atTop(levelPercent(story.level));
      return story.right === 0 ? top : `${top} ${say.rise(story.right, levelPercent(story.before), levelPercent(story.level))}`;
    }
    case "lowered":
      return say.loweredBy(levelPercent(story.top), day(story.at), story.judged);
    case "down": {
      const low = levelPercent(story.low);
      const { wrong } = story;
      const begin =
        story.first === 0
          ? `${say.startTop(levelPercent(story.top))} ${say.wrongRunStart(wrong.answers, days(wrong), low)}`
          : `${say.rightRun(story.right, levelPercent(story.top))} ${say.wrongRun(wrong.answers, days(wrong), low)}`;
      if (story.recovered === "open") return begin + say.openRecovery;
      return begin + (story.recovered === "partly" ? say.partlyRecovered(levelPercent(story.level)) : say.notRecovered);
    }
  }
}
