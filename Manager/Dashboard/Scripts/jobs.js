// Jobs and their results.
const JOBS = 20, RESULTS = 100;
const jobPills = { completed: 'good', failed: 'bad', cancelled: 'warn' };
const isActive = job => !job.endedAt;
let jobsTimer = 0;

const jobFacts = job => [`${job.done} of ${plural(job.total, 'URL')}`, job.failed > 0 && `${job.failed} failed`, job.skipped > 0 && `${job.skipped} skipped`, job.omitted > 0 && `${job.omitted} omitted`,
  job.urlsPerSecond && `${number(job.urlsPerSecond)} per second`, job.secondsLeft !== undefined && `${duration(job.secondsLeft)} left`, job.detail, job.webhook && `webhook ${job.webhook.state}`].filter(Boolean).join(' · ');

const resultRow = result => el('li', {}, el('div', { className: 'render' }, el('span', { className: `pill ${{ succeeded: 'good', failed: 'bad' }[result.outcome] ?? 'warn'}` }, result.outcome), el('span', { className: 'mono' }, result.url), el('span'),
  el('span', { className: 'quiet' }, [result.status > 0 && `status ${result.status}`, result.reason, result.detail].filter(Boolean).join(' · '))));

function jobResults(id) {
  const details = el('details', {}, el('summary', {}, 'Results'));
  details.ontoggle = async () => {
    if (!details.open || details.children.length > 1) return;
    const rows = el('ul', { className: 'rows' }), end = el('p', { className: 'quiet' });
    const more = async cursor => {
      try {
        const { results: list, next } = await (await call(`jobs/${id}/results?limit=${RESULTS}&cursor=${cursor}`)).json();
        rows.append(...list.map(resultRow));
        const button = el('button', { type: 'button' }, 'Show more');
        button.onclick = () => more(next);
        end.replaceChildren(next ? button : 'No further results.');
      } catch (error) {
        put(end, error.message);
      }
    };
    details.append(rows, end);
    await more(0);
  };
  return details;
}

function createJob(id, job) {
  const cancel = el('button', { type: 'button', ariaLabel: `Cancel job ${id}` }, 'Cancel');
  cancel.onclick = async () => {
    if (!await confirmed('Cancel the job', `Cancel the ${job.kind} job ${id}? URLs without a result are not finished.`, 'Cancel the job')) return;
    try {
      await call(`jobs/${id}`, { method: 'DELETE' });
      await loadJobs();
    } catch (error) {
      report('Cancel the job', [{ name: 'The manager', done: false, detail: error.message }]);
    }
  };
  const parts = { pill: el('span', {}), cancel, progress: el('progress', { ariaLabel: `Progress of job ${id}` }), facts: el('span', { className: 'quiet' }) };
  const title = el('span', {}, `${job.kind} `, el('span', { className: 'mono' }, job.source ?? id));
  return Object.assign(el('li', {}, el('div', { className: 'render' }, parts.pill, title, el('span', { className: 'acts' }, cancel), parts.progress, parts.facts), jobResults(id)), { parts });
}

function updateJob({ parts }, job) {
  set(parts.pill, 'className', `pill ${jobPills[job.state] ?? ''}`);
  put(parts.pill, job.state);
  set(parts.cancel, 'hidden', !isActive(job));
  set(parts.progress, 'max', Math.max(1, job.total));
  set(parts.progress, 'value', job.done);
  put(parts.facts, jobFacts(job));
}

/** Loads the newest jobs, and again while one of them goes on. */
async function loadJobs() {
  clearTimeout(jobsTimer);
  let again = false;
  try {
    const { jobs, next } = await (await call(`jobs?limit=${JOBS}`)).json();
    keyed($('jobs'), jobs.map(job => [job.id, job]), createJob, updateJob);
    put($('no-jobs'), jobs.length === 0 ? 'No job in the last hours.' : '');
    put($('jobs-total'), next ? `the newest ${JOBS}` : '');
    again = jobs.some(isActive);
  } catch (error) {
    put($('no-jobs'), error.message);
    again = !(error instanceof Refused);
  }
  empty('no-jobs', $('no-jobs').textContent !== '');
  set($('load-jobs').firstChild, 'data', 'Reload');
  if (again) jobsTimer = setTimeout(() => document.hidden ? document.addEventListener('visibilitychange', () => loadJobs(), { once: true }) : loadJobs(), 2000);
}

$('load-jobs').onclick = () => withKey('Jobs', loadJobs);
