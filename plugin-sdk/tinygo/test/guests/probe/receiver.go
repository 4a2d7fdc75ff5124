package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"plutino/sdk"
	"plutino/sdk/host/log"
)

// Logs the numbers of the rows that it gets, a line for each batch; with quiet it does nothing; with keep it keeps all rows, each with a value
// more, and logs them all.
type receiver struct {
	settings struct{ Quiet, Encoded, Keep bool }
	kept     [][]sdk.Value
}

func (r *receiver) Configure(config string) (sdk.Form, error) {
	if err := json.Unmarshal([]byte(config), &r.settings); err != nil {
		return sdk.FormRows, invalid(err.Error())
	}
	if r.settings.Encoded {
		return sdk.FormEncoded, nil
	}
	return sdk.FormRows, nil
}

func (*receiver) Open() error { return nil }

func (r *receiver) Collect(batch sdk.Batch, _ *sdk.RowBatch) error {
	if r.settings.Quiet {
		return nil
	}
	rows, ok := batch.(sdk.RowBatch)
	if !ok {
		return &sdk.Error{Kind: sdk.ErrorKindRejected, Message: "expected rows"}
	}
	if r.settings.Keep {
		for _, row := range rows.Rows {
			r.kept = append(r.kept, append(row, "end"))
		}
		log.Log(sdk.LevelInfo, fmt.Sprint("kept ", r.kept))
		return nil
	}
	numbers := make([]string, len(rows.Rows))
	for i, row := range rows.Rows {
		numbers[i] = fmt.Sprint(row[0])
	}
	log.Log(sdk.LevelInfo, "received "+strings.Join(numbers, ","))
	return nil
}

func (*receiver) Close() {}
