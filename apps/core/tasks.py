"""The tasks that run any scheduled job, and any backlog."""

from celery import Task, shared_task

from apps.core import asking, backlogs, jobs


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def run_job(self: Task, *, name: str) -> None:
    """Do what is due of a job; when it takes more than a run's time, go on in a new task."""
    if not jobs.run_due(jobs.find_job(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=3000)


@shared_task(soft_time_limit=45, time_limit=60)
def work_off(*, name: str) -> None:
    """Do what is due of a backlog. What comes from now on is asked for anew, by another worker if need be."""
    asking.heard(name)
    if not backlogs.work_off(backlogs.find_backlog(name)):
        asking.ask(name)
