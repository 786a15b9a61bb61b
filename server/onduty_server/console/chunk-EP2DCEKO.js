import{Ca as e,Da as a,F as t,Fa as l,R as s,V as n,X as r,_ as o,b as i,ca as u,d as c,da as d,e as h,ea as v,f as $,fa as m,g as p,ha as g,j as f,ja as w,k as y,l as b,m as C,o as I,oa as T,ua as k,va as D,wa as x,x as A,xa as N,y as M,ya as S}from"./chunk-RPKXKQOU.js";var Y=e=>new Date(e).toISOString();function R(e){let a=/^[=+\-@\t\r]/.test(e)?`'${e}`:e;return/[",\r\n]/.test(a)?`"${a.replaceAll('"','""')}"`:a}var j=2e4;async function U({accountId:e,userId:a,teamId:t,start:l,end:s,signal:n,most:r=j},o=A){let i=[],u="";do{let r={startTime:y(l),endTime:void 0===s?void 0:y(s)},c=await o.listStatusChanges({accountId:e,userId:a,teamId:t,...r,pageSize:1e3,pageToken:u},{signal:n});for(let e of c.changes)i.push({id:e.userId,name:e.displayName,team:e.teamId,revision:e.revision,from:e.previousStatus,to:e.status,cause:e.cause,actor:e.actor,reason:e.reason,at:f(e.effectiveTime)??0,expireAt:f(e.expireTime),then:e.then});u=c.nextPageToken}while(u&&i.length<r);return{changes:i.sort(_),isCapped:""!==u}}function _(e,a){return a.at-e.at||Number(a.revision-e.revision)}var L=class{constructor(e,a,t){this.wanted=e,this.calls=t,this.changes=[],this.from=e.end??a,this.until=e.end,this.isCut=!1,this.sliceMs=e.userId?Math.max(1,this.from-e.start):6e4}get isComplete(){return this.from<=this.wanted.start}forget(e){this.changes=this.changes.map(a=>function(e,a){let t=e.id===a;return t||e.actor===a?t?{...e,id:"",name:"",actor:"",reason:""}:{...e,actor:""}:e}(a,e))}async more(e,a){let t=this.changes.length;for(;!this.isComplete&&!a(this.changes)&&this.changes.length-t<j;){let a=Math.max(this.wanted.start,this.from-this.sliceMs),t=this.from-a<=1,l=t?j:4e3,s=await U({...this.wanted,start:a,end:this.until,signal:e,most:l},this.calls);!s.isCapped||t?(this.isCut||=s.isCapped,this.changes.push(...s.changes),this.from=this.until=a,s.changes.length<400&&(this.sliceMs*=8)):this.sliceMs=Math.max(1,Math.floor((this.from-a)/8))}}},O=["hour","today","yesterday","7","30","days"];function E(e,a,t,l){switch(e){case"hour":return{start:l-36e5,end:void 0};case"today":return{start:V(new Date(l),0),end:void 0};case"yesterday":return{start:V(new Date(l),-1),end:V(new Date(l),0)};case"days":{let[e,l]=[V(F(a),0),V(F(t||a),1)];return e<l?{start:e,end:l}:null}default:return{start:V(new Date(l),1-Number(e)),end:void 0}}}function F(e){let[a,t,l]=e.split("-").map(Number);return new Date(a,t-1,l)}function V(e,a){return new Date(e.getFullYear(),e.getMonth(),e.getDate()+a).getTime()}var P=[["MANUAL",$.MANUAL],["INACTIVITY",$.INACTIVITY],["ACTIVITY",$.ACTIVITY],["EXPIRY",$.EXPIRY],["DISCONNECT",$.DISCONNECT]];function X(){let m=s().history,f=c(""),y=c("today"),I=c(function(e){let a=new Date(e),t=e=>String(e).padStart(2,"0");return`${a.getFullYear()}-${t(a.getMonth()+1)}-${t(a.getDate())}`}(Date.now())),k=c(I.value),D=c(0),x=c(0),A=c(0),N=c(null),S=c(0),j=c(""),U=c(null),_=e=>!D.value||e.cause===D.value,F=async(l,s)=>{let n=l.changes.filter(_).length+500;U.value=s,j.value="";try{await l.more(s.signal,e=>e.filter(_).length>=n),N.value=l}catch(l){if(a(l)||t(l))return;j.value=e(l)}U.value===s&&(U.value=null)},V=E(y.value,I.value,k.value,Date.now());i(()=>{let e=new AbortController,a=setTimeout(()=>{let a=Date.now(),t=E(y.value,I.value,k.value,a);N.value=null,S.value=a;let l={accountId:M.peek(),userId:z(f.value),teamId:C.value};t&&F(new L({...l,...t},a),e)},f.value?400:0);return()=>{clearTimeout(a),e.abort(),U.value?.abort()}},[f.value,C.value,y.value,I.value,k.value,D.value,x.value]),i(()=>{let e=e=>{N.peek()?.forget(e),A.value++};return T.add(e),()=>{T.delete(e)}},[]),A.value;let X=N.value,B=X?.changes.filter(_)??[],Q=g(f.value.trim()),q=Q?[...w.all.values()].filter(e=>e.key.includes(Q)).slice(0,20):[];return b`<h1>${m.title}</h1>
<div class="tools">
<${l} all=${s().board.allTeams} />
<label class="labelled"
>${m.person}
<input
type="search"
list="people"
maxlength="128"
placeholder=${m.anybody}
value=${f.value}
onInput=${e=>f.value=e.currentTarget.value}
/>
<datalist id="people">
${q.map(({id:e,name:a})=>b`<option key=${e} value=${e} label=${a?`${o(a)} (${o(e)})`:null}></option>`)}
</datalist>
</label>
<label class="labelled"
>${m.range}
<select onChange=${e=>y.value=e.currentTarget.value}>
${O.map(e=>b`<option value=${e} selected=${e===y.value}>${m.ranges[e]}</option>`)}
</select></label
>
${"days"===y.value&&[[m.firstDay,I],[m.lastDay,k]].map(([e,a])=>b`<label class="labelled" key=${e}
>${e}
<input type="date" value=${a.value} onChange=${e=>a.value=e.currentTarget.value}
/></label>`)}
<label class="labelled"
>${m.cause}
<select onChange=${e=>D.value=Number(e.currentTarget.value)}>
<option value="0">${m.anyCause}</option>
${P.map(([e,a])=>b`<option value=${a}>${s().cause.names[e]}</option>`)}
</select></label
>
<button type="button" onClick=${()=>x.value++}>${m.refresh}</button>
${B.length>0&&b`<button type="button" onClick=${()=>function(e,a){let t=document.createElement("a");t.href=URL.createObjectURL(new Blob(["\ufeff",a],{type:"text/csv;charset=utf-8"})),t.download=e,t.click(),setTimeout(()=>URL.revokeObjectURL(t.href),6e4)}(`${M.value}.csv`,function(e){return["effective_time,user_id,previous_status,status,cause,actor,reason,expire_time,then,display_name,team_id",...e.map(({at:e,id:a,name:t,team:l,from:s,to:n,cause:r,actor:o,reason:i,expireAt:u,then:c})=>{let d=void 0===u?["",""]:[Y(u),p[c]];return[Y(e),a,h[s],h[n],$[r],o,i,...d,t,l].map(R).join(",")}),""].join("\r\n")}(B))}>${m.download}</button>`}
<p class="hint end" role="status">
${X?`${m.shown(B.length)} · ${m.readAt(r(S.value))}`:s().common.loading}
${" "}· ${s().common.zone(n)}
</p>
</div>
${!V&&b`<${u} kind="warn">${m.noDays}<//>`}
${j.value&&b`<${u}
kind="error"
actions=${b`<button type="button" onClick=${()=>x.value++}>${s().common.retry}</button>`}
>${j.value}<//
>`}
${X?.isCut&&b`<${u} kind="warn">${m.cut}<//>`}
${X&&B.length>0&&b`<${K} changes=${B} top=${S.value} />`}
${X&&0===B.length&&b`<${d} title=${m.empty} hint=${f.value?m.wholeName:m.kept} />`}
${!X&&V&&!j.value&&b`<${v} />`}
${X&&!X.isComplete&&b`<p class="older">
<button type="button" disabled=${null!==U.value} onClick=${()=>F(X,new AbortController)}>
${U.value?s().common.loading:m.older}
</button>
<span class="hint">${m.readFrom(r(X.from))}</span>
</p>`}`}function z(e){let a=e.trim();if(!a||w.all.has(a))return a;let t=g(a),l=[...w.all.values()].filter(({name:e})=>e&&g(e)===t);return 1===l.length?l[0].id:a}function K({changes:e,top:a}){let t=s().history,l=b`<div class="rows-head" role="rowgroup">
<div class="row change" role="row" aria-rowindex="1">
<div class="cell time" role="columnheader">${t.time}</div>
<div class="cell person" role="columnheader">${t.person}</div>
<div class="cell what" role="columnheader">${t.change}</div>
<div class="cell why" role="columnheader">${t.why}</div>
</div>
</div>`;return b`<${x}
count=${e.length}
row=${a=>{let t=e[a];return b`<div
class="row change"
role="row"
key=${String(t.revision)}
aria-rowindex=${a+2}
style=${{transform:`translateY(${a*D.value}px)`}}
>
<div class="cell time" role="gridcell"><${m} ms=${t.at} /></div>
<div class="cell person" role="rowheader">
${t.id?b`<a tabindex="-1" href=${I("person",t.id)}><${N} id=${t.id} name=${t.name} /></a>`:b`<${N} id="" />`}
</div>
<div class="cell what" role="gridcell"><${B} change=${t} /></div>
<div class="cell why" role="gridcell" title=${S(t)}>${S(t)}</div>
</div>`}}
head=${l}
label=${t.title}
top=${a}
/>`}function B({change:e}){let a=s().history;return b`<span class="from-to">
<span class="visually-hidden">${a.from}</span><${k} status=${e.from} />
<span aria-hidden="true" class="arrow">→</span><span class="visually-hidden">${a.to}</span>
<${k} status=${e.to} />
</span>`}export{U as a,X as b,B as c};