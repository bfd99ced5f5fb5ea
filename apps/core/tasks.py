"""The tasks that run any scheduled job, and any backlog."""

from celery import Task, shared_task

from apps.core import backlogs, jobs


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def run_job(self: Task, *, name: str) -> None:
    """Do what is due of a job; when it takes more than a run's time, go on in a new task."""
    if not jobs.run_due(jobs.find_job(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=3000)


@shared_task(bind=True, soft_time_limit=45, time_limit=60)
def work_off(self: Task, *, name: str) -> None:
    """Do what is due of a backlog. What comes from now on is asked for anew, of another worker if need be."""
    backlogs.end_asking(name)
    if not backlogs.work_off(backlogs.find_backlog(name)):
        self.apply_async(kwargs={"name": name}, queue=self.request.delivery_info.get("routing_key"), expires=60)
