"""Which line of a program is under way, told to those outside: whoever ends Python within a call that does not end knows where it was."""

import sys
import types

_events = sys.monitoring.events
_monitor = sys.monitoring
_TOOL = 4
_TIMES = 3  # a line is told: a loop costs no more than what it makes


class Follower:
    def __init__(self, say):
        self.say = say
        self.told = {}

    def follow(self, code) -> None:
        """Tells of lines of this code and all code in it, from now on."""
        if _monitor.get_tool(_TOOL) is None:
            _monitor.use_tool_id(_TOOL, "rasp")
        _monitor.register_callback(_TOOL, _events.LINE, self._began)
        waiting = [code]
        while waiting:
            one = waiting.pop()
            _monitor.set_local_events(_TOOL, one, _events.LINE)
            waiting.extend(c for c in one.co_consts if isinstance(c, types.CodeType))
        self.again()

    def again(self) -> None:
        """What has been told as often as it may is told again."""
        self.told.clear()
        _monitor.restart_events()

    def _began(self, code, line):
        times = self.told[line] = self.told.get(line, 0) + 1
        self.say(line)
        return _monitor.DISABLE if times >= _TIMES else None
