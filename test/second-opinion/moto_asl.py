"""Runs state machines on moto's interpreter. Lines of JSON come in on standard input and go out on standard output.

In:  {"run": id, "definition", "input", "name", "arn", "startTime", "tasks": [...], "times": {...}, ...}
     {"value": n, ...}         the answer to an evaluation
Out: {"evaluate": n, "text", "variables"}
     {"ended": id, "status", "output", "error", "cause", "visits": [...], "calls": [...]}

Tasks are answered from the table that comes with the machine; expressions of JSONata are evaluated by whoever started
this program, since moto's own hook for them is empty. Pauses take no time.
"""

import functools
import json
import logging
import queue
import sys
import threading
import time
import uuid
from types import SimpleNamespace

from moto.stepfunctions.parser.api import (
    HistoryEventType,
    StateMachineType,
    TaskFailedEventDetails,
)
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.state import state as state_module
from moto.stepfunctions.parser.asl.component.state.choice.choice_rule import ChoiceRule
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.iteration_worker import IterationWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.state_parallel import StateParallel
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval import states as states_module
from moto.stepfunctions.parser.asl.eval import variable_store as variable_store_module
from moto.stepfunctions.parser.asl.eval.callback import callback as callback_module
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.evaluation_details import (
    AWSExecutionDetails,
    EvaluationDetails,
    ExecutionDetails,
    StateMachineDetails,
)
from moto.stepfunctions.parser.asl.jsonata import jsonata as jsonata_module
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

logging.disable(logging.CRITICAL)
threading.stack_size(1 << 20)
sys.setrecursionlimit(20_000)

# While one waits for an expression, another goes on.
PARALLEL_RUNS = 2
output_lock = threading.Lock()


def say(message):
    text = json.dumps(message)
    with output_lock:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


# --- JSONata ---------------------------------------------------------------------------------------------------------

waiting = {}
counter = iter(range(1, sys.maxsize))
OPEN, CLOSE = "\x01", "\x02"


def encode_bindings(bindings):
    """Values stay data: moto would write them into the text of the expression, without escaping those of texts."""
    return OPEN + json.dumps([[name[1:], value] for name, value in bindings.items()], default=str) + CLOSE


def compose_expression(final_jsonata_expression, variable_declarations_list):
    return "".join(variable_declarations_list) + "(" + final_jsonata_expression + ")"


def evaluate(text):
    variables = []
    bare = ""
    rest = text
    while OPEN in rest:
        before, rest = rest.split(OPEN, 1)
        values, rest = rest.split(CLOSE, 1)
        bare += before
        variables += json.loads(values)
    answer = queue.SimpleQueue()
    number = next(counter)
    waiting[number] = answer
    say({"evaluate": number, "text": bare + rest, "variables": dict(variables)})
    reply = answer.get()
    if "fault" in reply:
        raise jsonata_module.JSONataException("States.QueryEvaluationError", reply["fault"])
    return reply.get("result")


jsonata_module._eval_jsonata = evaluate
for module in (states_module, variable_store_module, jsonata_module):
    module.encode_jsonata_variable_declarations = encode_bindings
string_expression.compose_jsonata_expression = compose_expression
# The functions that AWS adds are there already where expressions are evaluated.
string_expression.get_intrinsic_functions_declarations = lambda variable_references: ""

# --- Time ------------------------------------------------------------------------------------------------------------

retrier_decl.time = SimpleNamespace(sleep=lambda seconds: None)
WaitFunction._wait_interval = lambda self, env, wait_seconds: None


class PatientEvent(threading.Event):
    """Answers come at once, so no timeout can be meant to end the waiting for them."""

    def wait(self, timeout=None):
        return super().wait()


execute_state.threading = SimpleNamespace(Event=PatientEvent)

# --- Where a state stands --------------------------------------------------------------------------------------------


def remember_parent(name):
    opened = getattr(Environment, name)

    def open_frame(self, *given, **named):
        frame = opened(self, *given, **named)
        frame.parent = self
        return frame

    setattr(Environment, name, open_frame)


remember_parent("open_frame")
remember_parent("open_inner_frame")


def place_of(env):
    """The iterations around the state, outermost first."""
    places = []
    while env is not None:
        if hasattr(env, "iteration"):
            places.append(env.iteration)
        env = getattr(env, "parent", None)
    return "/".join(reversed(places))


def run_of(env):
    while hasattr(env, "parent"):
        env = env.parent
    return env.run


eval_job = IterationWorker._eval_job


def remember_iteration(self, env, job):
    env.iteration = f"{self._work_name}[{job.job_index}]"
    eval_job(self, env, job)


IterationWorker._eval_job = remember_iteration


class EnteredTime:
    """Stands for `datetime` in moto's module of states: the time at which our interpreter entered the state."""

    timezone = SimpleNamespace(utc=None)
    current = threading.local()

    class datetime:
        @staticmethod
        def now(tz=None):
            return SimpleNamespace(isoformat=lambda: EnteredTime.current.text)


state_module.datetime = EnteredTime
eval_body = CommonStateField._eval_body


def enter(self, env):
    run = run_of(env)
    place = place_of(env)
    times = run.times.get(f"{place} {self.name}")
    # A state that is entered more often than it was here makes a difference anyway.
    EnteredTime.current.text = times.pop(0) if times else run.start_time
    run.visits.append([place, self.name])
    eval_body(self, env)


CommonStateField._eval_body = enter

# --- Tasks -----------------------------------------------------------------------------------------------------------

states_module.long_uid = lambda: str(uuid.uuid4())


class AnsweredTask(StateTaskServiceCallback):
    """A task of any service, answered from the table of its run."""

    def __init__(self):
        super().__init__(
            supported_integration_patterns={
                ResourceCondition.WaitForTaskToken,
                ResourceCondition.Sync,
                ResourceCondition.Sync2,
            }
        )

    def _validate_service_integration_is_supported(self):
        pass

    def _eval_service_task(self, env, resource_runtime_part, normalised_parameters, state_credentials):
        run = run_of(env)
        place = place_of(env)
        answers = run.tasks.get(f"{place} {self.name}", [])
        call = {
            "place": place,
            "state": self.name,
            "resource": self.resource.resource_arn,
            "arguments": normalised_parameters,
        }
        for key, field in (
            ("timeout", None if self.timeout.is_default_value() else self.timeout),
            ("heartbeat", self.heartbeat),
        ):
            if field is not None:
                field.eval(env=env)
                call[key] = env.stack.pop()
        run.calls.append(call)
        answer = answers.pop(0) if answers else {"kind": "failed", "error": "Replay.Missing", "cause": self.name}
        if self._is_integration_pattern():
            env.answer = answer
            env.stack.append({})
            return
        outcome = self._outcome(env, answer)
        if isinstance(outcome, Exception):
            raise outcome
        env.stack.append(json.loads(outcome.output))

    def _outcome(self, env, answer):
        kind = answer["kind"]
        if kind == "succeeded":
            return callback_module.CallbackOutcomeSuccess(callback_id="", output=json.dumps(answer["output"]))
        if kind == "timedOut":
            if answer.get("error") == "States.HeartbeatTimeout":
                return callback_module.HeartbeatTimeoutError()
            return callback_module.CallbackTimeoutError()
        if kind == "none":
            while env.is_running():
                time.sleep(0.02)
        return FailureEventException(
            failure_event=FailureEvent(
                env=env,
                error_name=CustomErrorName(error_name=answer.get("error")),
                event_type=HistoryEventType.TaskFailed,
                event_details={
                    "taskFailedEventDetails": TaskFailedEventDetails(
                        resource=self._get_sfn_resource(),
                        resourceType=self._get_sfn_resource_type(),
                        error=answer.get("error"),
                        cause=answer.get("cause"),
                    )
                },
            )
        )

    def _eval_wait_for_task_token(self, env, timeout_seconds, callback_endpoint, heartbeat_endpoint):
        outcome = self._outcome(env, env.answer)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _eval_sync(self, env, sync_resolver, timeout_seconds, callback_endpoint, heartbeat_endpoint):
        return self._eval_wait_for_task_token(env, timeout_seconds, callback_endpoint, heartbeat_endpoint)

    def _build_sync_resolver(self, *given, **named):
        return None

    _build_sync2_resolver = _build_sync_resolver


state_task_factory.state_task_service_for = lambda service_name: AnsweredTask()

# --- Where moto is not followed: docs/second-opinion.md says why -----------------------------------------------------


def arguments_of_each_attempt(eval_parallel):
    def eval_execution(self, env):
        if self.parargs is not None:
            self.parargs.eval(env=env)
            env.stack[-2:] = [env.stack[-1]]
        eval_parallel(self, env)

    return eval_execution


StateParallel._eval_execution = arguments_of_each_attempt(StateParallel._eval_execution)

eval_rule, eval_choice, leave_choice = ChoiceRule._eval_body, StateChoice._eval_state, StateChoice._eval_state_output


def note_rule(self, env):
    eval_rule(self, env)
    env.rule_matched = env.rule_matched or env.stack[-1] is True


def forget_rule(self, env):
    env.rule_matched = False
    eval_choice(self, env)


def leave_by_rule(self, env):
    if env.rule_matched:
        env.next_state_name = env.stack.pop()
    else:
        leave_choice(self, env)


ChoiceRule._eval_body = note_rule
StateChoice._eval_state = forget_rule
StateChoice._eval_state_output = leave_by_rule

# --- Runs ------------------------------------------------------------------------------------------------------------


@functools.lru_cache(maxsize=16)
def parse(definition):
    return AmazonStateLanguageParser.parse(definition)[0]


class Worker(ExecutionWorker):
    # Programs hold nothing of an execution, so that child executions of a machine need not read it again.
    def _get_evaluation_entrypoint(self):
        return parse(self._evaluation_details.state_machine_details.definition)

    def _get_evaluation_environment(self):
        env = super()._get_evaluation_environment()
        env.run = self.run
        return env


class Run:
    def __init__(self, request):
        self.request = request
        self.start_time = request["startTime"]
        self.tasks = {}
        for task in request["tasks"]:
            self.tasks.setdefault(f"{task['place']} {task['state']}", []).append(task["outcome"])
        self.times = request["times"]
        self.visits = []
        self.calls = []

    def execute(self):
        request = self.request
        details = EvaluationDetails(
            aws_execution_details=AWSExecutionDetails(
                account=request["arn"].split(":")[4], region="us-east-1", role_arn=request["roleArn"]
            ),
            execution_details=ExecutionDetails(
                arn=request["arn"],
                name=request["name"],
                role_arn=request["roleArn"],
                inpt=request["input"],
                start_time=self.start_time,
            ),
            state_machine_details=StateMachineDetails(
                arn=request["machineArn"],
                name=request["machine"],
                typ=StateMachineType.STANDARD,
                definition=request["definition"],
            ),
        )
        worker = Worker(details, SimpleNamespace(terminated=lambda: None), None, {})
        worker.run = self
        worker._execution_logic()
        state = worker.env.program_state()
        kind = type(state).__name__
        ended = {"status": {"ProgramEnded": "SUCCEEDED", "ProgramError": "FAILED"}.get(kind, kind)}
        if kind == "ProgramEnded":
            ended["output"] = worker.env.states.get_input()
        if kind == "ProgramError":
            ended.update({key: state.error.get(key) for key in ("error", "cause")})
        return ended


def work(requests):
    while True:
        request = requests.get()
        run = Run(request)
        try:
            ended = run.execute()
        except BaseException as fault:
            ended = {"status": "REFUSED", "cause": f"{type(fault).__name__}: {fault}"}
        say({"ended": request["run"], "visits": run.visits, "calls": run.calls, **ended})


def main():
    requests = queue.SimpleQueue()
    workers = [threading.Thread(target=work, args=(requests,), daemon=True) for _ in range(PARALLEL_RUNS)]
    for worker in workers:
        worker.start()
    for line in sys.stdin:
        message = json.loads(line)
        if "run" in message:
            requests.put(message)
        else:
            waiting.pop(message["value"]).put(message)


main()
