"""Whoever was away catches up by itself."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.integration.sockets.people import Person


def test_a_thousand_missed_events_come_in_one_round_trip_under_two_seconds(anna: Person, ben: Person) -> None:
    room = anna.opens(ben)
    with anna.connected() as sender:
        answered: list[int] = []
        for number in range(1_000):
            payload = {"room_id": room, "message": f"missed {number}"}
            sender.emit("send_message", payload, callback=lambda ack: answered.append(ack["data"]["message"]["seq"]))
        sender.ask("presence", {"user_ids": []}, within=60)
    assert answered == list(range(3, 1_003))
    with ben.connected() as socket:
        took, pages = [], []
        for _ in range(3):  # beside other tests one of them may have to wait
            began = time.monotonic()
            pages.append(socket.ask("sync", {"rooms": {str(room): 2}})["rooms"][str(room)])
            took.append(time.monotonic() - began)
        assert min(took) < 2
    page = pages[0]
    assert [event["seq"] for event in page["events"]] == answered
    assert [event["message"]["content"] for event in page["events"]] == [f"missed {n}" for n in range(1_000)]
    assert (page["last_seq"], page["has_more"]) == (1_002, False)


def test_what_does_not_fit_in_one_answer_is_said_to_be_more(anna: Person) -> None:
    rooms = [anna.opens() for _ in range(2)]
    with anna.connected() as socket:
        for number in range(1_100):
            socket.emit("send_message", {"room_id": rooms[0], "message": str(number)})
        anna.says(rooms[1])
        socket.ask("presence", {"user_ids": []}, within=60)
        seqs: list[int] = []
        more = True
        while more:
            cursors = {str(rooms[0]): seqs[-1] if seqs else 0, str(rooms[1]): 2}
            page = socket.ask("sync", {"rooms": cursors})["rooms"][str(rooms[0])]
            assert len(page["events"]) <= 1_000
            seqs += [event["seq"] for event in page["events"]]
            more = page["has_more"]
        assert seqs == list(range(1, 1_102))


def test_everybody_hears_one_order_without_gaps_while_many_send(anna: Person, ben: Person, cleo: Person) -> None:
    room = anna.opens(ben, cleo)
    with anna.connected() as first, ben.connected() as second, cleo.connected(transports=["polling"]) as third:
        sockets = (first, second, third)

        def send(index: int) -> None:
            for number in range(50):
                sockets[index].ask("send_message", {"room_id": room, "message": f"{index}.{number}"})

        with ThreadPoolExecutor(3) as senders:
            list(senders.map(send, range(3)))
        heard = []
        for socket in sockets:
            socket.hears("receive_message", seq=3 + 150)
            events = socket.all("receive_message")
            assert [event["seq"] for event in events] == list(range(4, 154))
            heard.append([event["message"]["content"] for event in events])
        assert heard[0] == heard[1] == heard[2]
        for index in range(3):
            own = [text for text in heard[0] if text.startswith(f"{index}.")]
            assert own == [f"{index}.{number}" for number in range(50)]
