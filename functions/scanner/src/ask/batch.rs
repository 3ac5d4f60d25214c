//! One batch of questions: what is heard is written down together with the mark that says so; what was certainly not
//! answered is marked no longer.

use domain::asking::{Heard, hear};
use domain::handler::{HandlerError, told};
use domain::observation::Observation;
use domain::pending::{About, Pending};
use domain::ports::{Answer, Commit, Expect, PeopleError, Question, Write};
use jiff::SignedDuration;

use super::marks::{self, Mark};
use super::{Asking, Progress};

/// Writes of one commit; a store takes at most 100.
pub(super) const MOST_WRITES: usize = 90;

/// A wait that is no longer fits into a scan.
const SHORT: SignedDuration = SignedDuration::from_secs(2);
/// So often a batch waits; a provider that always asks for one more short wait has none to give.
const MOST_WAITS: u32 = 3;

/// Questions that are asked together.
pub(super) struct Batch<'a> {
    asking: &'a Asking<'a>,
    questions: &'a [Question],
}

/// Why no more is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    /// How many it leaves unasked, where that is known.
    unasked: Option<u64>,
    /// How many answers were lost.
    lost: u64,
    why: String,
}

impl Stop {
    pub(super) fn time_is_up(unasked: Option<u64>) -> Self {
        Self { unasked, lost: 0, why: "time was up".to_owned() }
    }

    /// With so many behind the batch that are left unasked too.
    pub(super) fn with(self, behind: u64) -> Self {
        Self { unasked: self.unasked.map(|unasked| unasked + behind), ..self }
    }

    pub(super) fn in_words(&self) -> String {
        let rest = match self.unasked {
            Some(unasked) => format!("{unasked} unasked because {}", self.why),
            None => format!("the rest unasked because {}", self.why),
        };
        match self.lost {
            0 => rest,
            lost => format!("{lost} asked about whose answer was lost and may have been paid for, {rest}"),
        }
    }
}

impl<'a> Batch<'a> {
    pub(super) fn of(asking: &'a Asking<'a>, questions: &'a [Question]) -> Self {
        Self { asking, questions }
    }

    /// Asks, and writes down what is heard. Returns why no more can be asked, if so.
    pub(super) async fn ask(&self, progress: &mut Progress) -> Result<Option<Stop>, HandlerError> {
        if self.questions.is_empty() {
            return Ok(None);
        }
        match self.answers().await {
            Ok(answers) if answers.len() == self.questions.len() => self.keep(answers, progress).await,
            Ok(answers) => {
                let (came, went) = (answers.len(), self.questions.len());
                let why = format!("{came} answers came to {went} questions, and nobody can tell whose they are");
                Ok(Some(self.lost(why)))
            }
            Err(error @ PeopleError::Unknown(_)) => Ok(Some(self.lost(told(&error)))),
            Err(
                error @ (PeopleError::RateLimited { .. }
                | PeopleError::QuotaSpent(_)
                | PeopleError::Unavailable(_)
                | PeopleError::Unusable(_)),
            ) => {
                self.take_back(self.questions).await?;
                let unasked = Some(self.questions.len() as u64).filter(|_| self.asking.people.is_paid());
                Ok(Some(self.stop(Stop { unasked, lost: 0, why: told(&error) })))
            }
        }
    }

    /// The answers, after a short wait where the provider asks for one.
    async fn answers(&self) -> Result<Vec<Answer>, PeopleError> {
        let mut waits = 0;
        loop {
            match self.asking.people.look_up(self.questions).await {
                Err(PeopleError::RateLimited { retry_after })
                    if retry_after <= SHORT && waits < MOST_WAITS && (self.asking.has_time)() =>
                {
                    waits += 1;
                    // Nothing else goes on beside this, on Lambda as little as here.
                    std::thread::sleep(retry_after.max(SignedDuration::ZERO).unsigned_abs());
                }
                ended => return ended,
            }
        }
    }

    fn lost(&self, why: String) -> Stop {
        let lost = if self.asking.people.is_paid() { self.questions.len() as u64 } else { 0 };
        self.stop(Stop { unasked: Some(0).filter(|_| lost > 0), lost, why })
    }

    fn stop(&self, stop: Stop) -> Stop {
        tracing::warn!(source = self.asking.people.name(), reason = %stop.why, "no more is asked where people work");
        stop
    }

    async fn take_back(&self, questions: &[Question]) -> Result<(), HandlerError> {
        let marked = self.asking.people.is_paid() && !questions.is_empty();
        if marked { marks::take_back(self.asking, questions).await } else { Ok(()) }
    }

    /// Writes down what is heard: each fact with the mark of its contact, in one commit.
    async fn keep(&self, answers: Vec<Answer>, progress: &mut Progress) -> Result<Option<Stop>, HandlerError> {
        let Asking { people, config, now, .. } = self.asking;
        let (mut facts, mut others, mut unasked) = (Vec::new(), Vec::new(), Vec::new());
        for (question, answer) in self.questions.iter().zip(answers) {
            match hear(question, answer, people.name(), config.people.min_likelihood, *now) {
                Heard::Fact(fact) => facts.push((question, *fact)),
                Heard::Nobody => {
                    progress.asked.nobody += 1;
                    others.push(question);
                }
                Heard::Doubtful(reason) => {
                    tracing::debug!(source = people.name(), contact.id = %question.contact, %reason, "no fact");
                    progress.asked.rubbish += 1;
                    others.push(question);
                }
                Heard::Unasked(reason) => unasked.push((question.clone(), reason)),
            }
        }
        progress.asked.found += facts.len() as u64;
        progress.asked.asked += (facts.len() + others.len()) as u64;
        self.write(facts, &others).await?;
        self.leave(unasked, progress).await
    }

    /// Leaves questions for the next scan. A provider that has left a whole batch will not take the next one either.
    async fn leave(
        &self,
        unasked: Vec<(Question, String)>,
        progress: &mut Progress,
    ) -> Result<Option<Stop>, HandlerError> {
        let (questions, reasons): (Vec<Question>, Vec<String>) = unasked.into_iter().unzip();
        self.take_back(&questions).await?;
        if questions.len() < self.questions.len() {
            reasons.into_iter().for_each(|why| *progress.unanswered.entry(why).or_default() += 1);
            return Ok(None);
        }
        let why = reasons.into_iter().next().unwrap_or_default();
        Ok(Some(self.stop(Stop { unasked: Some(questions.len() as u64), lost: 0, why })))
    }

    async fn write(&self, facts: Vec<(&Question, Observation)>, others: &[&Question]) -> Result<(), HandlerError> {
        let now = self.asking.now;
        let contacts = facts.iter().map(|(question, _)| &question.contact).filter(|_| !self.asking.people.is_paid());
        let before = marks::facts(self.asking, contacts).await?;
        let mut together: Vec<Vec<Write>> = Vec::new();
        for (question, observation) in facts {
            // A list says the same every day, and once is enough.
            if before.get(question.contact.as_str()) == Some(&observation.id) {
                continue;
            }
            let mark = Mark::heard(now, Some(observation.id.clone()));
            let pending = Pending { about: About::Contact(question.contact.clone()), observation };
            let mark = mark.write(self.asking, &question.contact, Expect::Anything);
            together.push(vec![pending.write(self.asking.system, now), mark]);
        }
        if self.asking.people.is_paid() {
            let mark = |question: &&Question| {
                vec![Mark::heard(now, None).write(self.asking, &question.contact, Expect::Anything)]
            };
            together.extend(others.iter().map(mark));
        }
        for some in together.chunks(MOST_WRITES / 2) {
            self.asking.store.commit(Commit { claim: None, writes: some.concat() }).await?;
        }
        Ok(())
    }
}
