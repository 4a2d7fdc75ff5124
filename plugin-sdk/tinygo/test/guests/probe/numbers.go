package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"plutino/sdk"
	"plutino/sdk/host/clock"
	"plutino/sdk/host/state"
)

// Messages {"n":0}, {"n":1} … total of them; or, with size, messages of so many bytes without end. panic: the first instance does
// at number 10.
type numbers struct {
	settings struct {
		Total *int64
		Size  int
		Panic int
	}
	total, next int64
}

func (*numbers) Describe() sdk.Description { return sdk.Description{Form: sdk.FormEncoded, Resumes: true} }

func (n *numbers) Configure(_ string, config string) error {
	if err := json.Unmarshal([]byte(config), &n.settings); err != nil {
		return invalid(err.Error())
	}
	n.total = 100
	if n.settings.Total != nil {
		n.total = *n.settings.Total
	}
	if n.total < 0 {
		return invalid("total: expected 0 or more")
	}
	return nil
}

func (n *numbers) Open(offset *string) error {
	if offset == nil {
		return nil
	}
	n.settings.Panic = 0
	return n.parse(*offset, &n.next)
}

func (*numbers) parse(offset string, into *int64) error {
	parsed, err := strconv.ParseInt(offset, 10, 64)
	if err != nil {
		return invalid(offset + " is no offset of this source")
	}
	*into = parsed
	return nil
}

func (n *numbers) Collect(most uint32, waitMs uint32) (sdk.Messages, error) {
	if n.settings.Panic == 1 && n.next == 10 {
		panic(errors.New("the guest was told to, at " + strconv.FormatInt(n.next, 10)))
	}
	if n.settings.Size > 0 {
		return n.padded(most), nil
	}
	if n.next >= n.total {
		clock.Sleep(waitMs)
		return sdk.Messages{Batch: [][]byte{}}, nil
	}
	to := min(n.total, n.next+int64(min(most, 10)))
	var messages [][]byte
	for ; n.next < to; n.next++ {
		messages = append(messages, fmt.Appendf(nil, `{"n":%d}`, n.next))
	}
	return n.upToHere(messages), nil
}

func (n *numbers) padded(count uint32) sdk.Messages {
	messages := make([][]byte, count)
	for i := range messages {
		message := make([]byte, n.settings.Size)
		for j := range message {
			message[j] = ' '
		}
		message[0], message[len(message)-1] = '{', '}'
		messages[i] = message
	}
	n.next += int64(count)
	return n.upToHere(messages)
}

func (n *numbers) upToHere(messages [][]byte) sdk.Messages {
	offset := strconv.FormatInt(n.next, 10)
	return sdk.Messages{Batch: messages, Offset: &offset}
}

func (n *numbers) Commit(offset string) error {
	var now, before int64
	if err := n.parse(offset, &now); err != nil {
		return err
	}
	if known := state.Get("committed"); known != nil {
		before, _ = (*known).(int64)
	}
	state.Put("committed", max(before, now))
	return nil
}

func (*numbers) Close() {}

func invalid(message string) error { return &sdk.Error{Kind: sdk.ErrorKindInvalid, Message: message} }
